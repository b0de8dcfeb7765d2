export { boardLine } from './board-line.js';
export { FirmataDrivetrain, loadJohnnyFive } from './drivetrain.js';
export type { BoardImuEvents, Mpu6050Profile } from './mpu6050.js';
export { serialNeutral } from './port.js';
