export { Calibrator } from './calibrator.js';
export { type MeasuringRun, measure } from './measure.js';
export { RemoteCalibration } from './remote-calibration.js';
export { calibrateInTerminal } from './terminal-calibration.js';
