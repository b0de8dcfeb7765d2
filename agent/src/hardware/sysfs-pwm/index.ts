export { SysfsPwmDrivetrain } from './drivetrain.js';
export { sysfsNeutral } from './neutral.js';
