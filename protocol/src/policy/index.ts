export {
  type ActionSpace,
  actionLimits,
  type Bounds,
  type Compatibility,
  outputSize,
  toAction,
} from './action-space.js';
export {
  type CameraSensor,
  cameraSensors,
  type LidarConfig,
  type LidarSensor,
  lidarSensors,
  type ModelMetadata,
  readMetadata,
} from './metadata.js';
export type { Action, Decision, Observation, Policy } from './policy.js';
