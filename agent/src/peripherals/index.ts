export { CarPeripherals } from './car-peripherals.js';
