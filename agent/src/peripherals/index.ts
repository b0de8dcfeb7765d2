export { Senses } from './car-peripherals.js';
