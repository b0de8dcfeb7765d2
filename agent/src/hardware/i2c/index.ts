export { readLevel } from './level.js';
