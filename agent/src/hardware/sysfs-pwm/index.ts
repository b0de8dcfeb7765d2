export { findChip } from './chip.js';
export { SysfsPwmDrivetrain } from './drivetrain.js';
export { SysfsPwmLight } from './light.js';
export { sysfsNeutral } from './neutral.js';
