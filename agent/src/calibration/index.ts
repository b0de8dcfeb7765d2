export { Bench } from './bench.js';
export { Calibrator } from './calibrator.js';
export { calibrateInTerminal } from './terminal.js';
