export { Kept } from './kept.js';
export { Process, type ProcessOptions } from './process.js';
