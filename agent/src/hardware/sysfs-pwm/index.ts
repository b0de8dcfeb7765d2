export { findChip, tryPwm } from './chip.js';
export { SysfsPwmDrivetrain } from './drivetrain.js';
export { EnableLine } from './enable-line.js';
export { SysfsPwmLight } from './light.js';
export { neutralWrites, sysfsNeutral } from './neutral.js';
