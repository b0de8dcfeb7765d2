export { findChip, tryPwm } from './chip.js';
export { SysfsPwmDrivetrain } from './drivetrain.js';
export { EnableLine } from './enable-line.js';
export { SysfsPwmLight } from './light.js';
export { type KernelWrite, lineWrites, neutralWrites, sysfsNeutral, writeAll } from './neutral.js';
