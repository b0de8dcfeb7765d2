export { Laps } from './laps.js';
