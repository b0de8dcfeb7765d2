export { sealed } from './crc.js';
export { LapGateDecoder, type LapGateOptions } from './lap-gate.js';
export { PassingsDecoder } from './passings.js';
export { PulseDecoder } from './pulse.js';
export { type OpenPort, type Port, SerialSensor } from './serial.js';
