export {
  type ActionSpace,
  actionLimits,
  type Bounds,
  type Compatibility,
  outputSize,
} from './action-space.js';
export { beyondCar, type CarLimits, carLimits, ofLength, shortestLap, withinCar } from './car-limits.js';
export { lidarInput, type Range, turned } from './lidar.js';
export {
  type CameraSensor,
  cameraSensors,
  type LidarConfig,
  type LidarSensor,
  lidarSensors,
  type ModelLidar,
  type ModelMetadata,
  readMetadata,
  shortNumber,
} from './metadata.js';
export { NetworkDescription, NetworkQuestion } from './network-description.js';
export type { Action, BatchPolicy, Decision, Observation, Policy } from './policy.js';
export { type Drive, stockDrive } from './stock-drive.js';
export { toAction } from './to-action.js';
