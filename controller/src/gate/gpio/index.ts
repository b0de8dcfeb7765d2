export { watchPins } from './edge-source.js';
export { GpioSensor } from './gpio.js';
export { giveBack, sysfsPin } from './pin.js';
