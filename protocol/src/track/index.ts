export { buildTrack, parseTrack } from './build.js';
export { Arc, Segment, Straight, segmentName, TrackDescription } from './description.js';
export { formatNpy, parseNpy } from './npy.js';
export { ClosedPolyline, type Heading, type Nearest, type Point } from './polyline.js';
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
