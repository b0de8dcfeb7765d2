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
export { type Look, Loop, type Stage } from './driving-loop.js';
export { type Mapping, type Measured, physicalMapping, stockMapping, type Wanted } from './mapping.js';
export { plainSight, type Sight, sightOf } from './policy-input.js';
export { type Reason, reasons } from './reasons.js';
export { isPowered, type Safety } from './safety.js';
