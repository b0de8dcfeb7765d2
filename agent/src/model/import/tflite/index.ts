export { importTflite } from './import.js';
