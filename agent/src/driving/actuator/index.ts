export { ActuatorPort, type ActuatorPortParts } from './port.js';
