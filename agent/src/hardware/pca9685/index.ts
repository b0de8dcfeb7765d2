export { openChip } from './chip.js';
export { Pca9685Drivetrain } from './drivetrain.js';
export { pca9685Commands, pca9685Neutral } from './neutral.js';
