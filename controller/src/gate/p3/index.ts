export { P3Sensor } from './p3.js';
