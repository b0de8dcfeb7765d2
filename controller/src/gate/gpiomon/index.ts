export { GpiomonSensor } from './gpiomon.js';
