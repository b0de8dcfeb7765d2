export { SimulatedSensor } from './simulated.js';
