export { buildTrack } from './build.js';
export { Arc, Segment, Straight, segmentName, TrackDescription } from './description.js';
export { trackFaults } from './faults.js';
export { trackLimits } from './limits.js';
export { formatNpy } from './npy.js';
export { ClosedPolyline, type Heading, type Nearest, type Point } from './polyline.js';
export {
  demandRaceable,
  parseTrack,
  type ReadOptions,
  type ReadTrack,
  readRaceTrack,
  readTrackFile,
  trackIdOf,
} from './read.js';
export { buildRoute, RouteDescription, routeDescription } from './route-file.js';
export { buildingRules, type RuleViolation, routeViolations, ruleViolations, smallestRadius } from './rules.js';
export { selfCrossing } from './self-crossing.js';
export {
  crossing,
  type Direction,
  type Lane,
  type Markings,
  type Place,
  simulatorMarkings,
  Track,
  type TrackParts,
} from './track.js';
export { type Unit, unitNames, units } from './units.js';
