export {
  Actuator,
  type ActuatorParts,
  ActuatorPort,
  type ActuatorPortParts,
  beatMs,
  type FromActuator,
  openPort,
  type Port,
  type ToActuator,
} from './actuator/index.js';
export {
  Car,
  type CarParts,
  type CarSnapshot,
  type CarTelemetry,
  type DriveMonitor,
  type LoadedPolicy,
} from './car.js';
export { DrivingLoop, type ProcessedFrame, type Stage } from './driving-loop.js';
export { type Mapping, type MeasuredResponse, physicalMapping, stockMapping, type TargetMotion } from './mapping.js';
export { cameraOnly, type PolicyInput, policyInputOf } from './policy-input.js';
export { type Reason, reasons } from './reasons.js';
export { isPowered, type Safety } from './safety.js';
