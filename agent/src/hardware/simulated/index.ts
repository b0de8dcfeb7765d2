export { SimulatedHardware, type SimulatedSettings } from './hardware.js';
export { StallingRelay } from './stalling-relay.js';
