export { watchPins } from './edge-source.js';
export { GpioSensor } from './gpio.js';
