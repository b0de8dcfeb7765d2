export { importLimits } from './found-laps.js';
export { Imports, type ImportsOptions } from './imports.js';
export { readLapFile } from './lap-file.js';
