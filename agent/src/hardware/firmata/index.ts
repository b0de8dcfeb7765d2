export { FirmataDrivetrain } from './drivetrain.js';
export { serialNeutral } from './port.js';
