export { Camera, cameraMount } from './camera.js';
export { carMeasures, type Pose, progressPoint, wheels } from './car.js';
export { Expert, type ExpertOptions } from './expert.js';
export { Fault, type FaultKind, Faults, FaultyCamera, faultKinds, SlowPolicy } from './faults.js';
export { briskPivotM, steeringFor } from './handling.js';
export {
  type JudgedEpisode,
  type JudgedRow,
  judgeLog,
  type PositionError,
  quantile,
  type ReplayReport,
  replay,
} from './log-replay.js';
export type { Obstacle } from './obstacle.js';
export { type CarState, drive, type PhysicsConstants, type Setpoint } from './physics.js';
export { physicsConstants, steeringLags } from './physics-constants.js';
export { type Prediction, poseOf, positionErrors, predictions } from './position-errors.js';
export { Random } from './random.js';
export { type Judgement, Referee, type StepStatus, type Verdict } from './referee.js';
export { observationSize, pictureSize } from './scene.js';
export { formatSimtrace, parseSimtrace, type SimtraceRow } from './simtrace.js';
export { readSimtrace } from './simtrace-file.js';
export { readTrack, readTrackAsIs } from './track-file.js';
export type { RaceType } from './traffic.js';
export { simulatorVersion, stepsPerSecond, World, type WorldOptions } from './world.js';
