export { findChip } from './chip.js';
export { SysfsPwmDrivetrain } from './drivetrain.js';
export { sysfsNeutral } from './neutral.js';
