export { carMeasures, type Pose, progressPoint, wheels } from './car.js';
export { Expert, type ExpertOptions } from './expert.js';
export { Fault, type FaultKind, Faults, FaultyCamera, faultKinds, SlowPolicy } from './faults.js';
export { type FoundView, findViews } from './find-view.js';
export { briskPivotM, steeringFor } from './handling.js';
export type { Obstacle } from './obstacle.js';
export { type CarState, drive, type Setpoint } from './physics.js';

export { type PhysicsConstants, physicsConstants, steeringLags } from './physics-constants.js';
export { type PictureDifference, pictureDifference } from './picture-difference.js';
export { Random } from './random.js';
export {
  type JudgedEpisode,
  type JudgedRow,
  judgeLog,
  type PositionError,
  type Prediction,
  poseOf,
  positionErrors,
  predictions,
  quantile,
  type ReplayReport,
  readSimtrace,
  replay,
  wrongTrack,
} from './real-logs/index.js';
export { type Judgement, Referee, type Verdict } from './referee.js';
export { Camera, cameraMount, horizonRow, observationSize, pictureSize } from './rendering/index.js';
export { readRaceTrack, readTrack, readTrackAsIs } from './track-file.js';
export type { RaceType } from './traffic.js';
export { simulatorVersion, World, type WorldOptions } from './world.js';
