export { Bench } from './bench.js';
export { Calibrator } from './calibrator.js';
export { type MeasuringRun, measure } from './measure.js';
export { calibrateInTerminal } from './terminal.js';
