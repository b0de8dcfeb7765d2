export { SimulatedHardware, type SimulatedSettings } from './hardware.js';
