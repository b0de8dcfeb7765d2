export { EvdevSensor } from './evdev.js';
