export { DremSensor } from './drem.js';
