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
export { Car, type CarParts, type CarSnapshot, type CarTelemetry, type LoadedPolicy, type Witness } from './car.js';
export { colourOf } from './light.js';
export { atLeast, atMost, LimitWatch } from './limit-watch.js';
export { type Look, Loop, type Stage } from './loop.js';
export { type Mapping, type Measured, physicalMapping, stockMapping, type Wanted } from './mapping.js';
export { feel, feelsLevel, type MotionReason } from './motion.js';
export { type Reason, reasons } from './reasons.js';
export { isPowered, type Safety } from './safety.js';
export { plainSight, type Sight, sightOf } from './sight.js';
