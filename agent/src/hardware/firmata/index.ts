export { FirmataDrivetrain, loadJohnnyFive } from './drivetrain.js';
export { serialNeutral } from './port.js';
