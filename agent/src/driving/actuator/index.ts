export { Actuator, type ActuatorParts } from './actuator.js';
export { beatMs, type FromActuator, type ToActuator } from './messages.js';
export { ActuatorPort, type ActuatorPortParts, openPort, type Port } from './port.js';
