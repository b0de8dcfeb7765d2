export { type I2cChip, type OpenI2cChip, openI2cChip } from './bus.js';
export { findBus } from './find-bus.js';
export { readLevel } from './level.js';
export { type I2cRegisters, type OpenI2cRegisters, openI2cRegisters } from './registers.js';
