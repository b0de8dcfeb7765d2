export { type Check, examine, type Finding, type Result, type State } from './check.js';
export { calibrationCheck, diskCheck, temperatureCheck, videoCheck } from './computer.js';
export {
  batteryCheck,
  cameraCheck,
  type Device,
  deviceCheck,
  imuCheck,
  lidarCheck,
  lightCheck,
  tiltCheck,
} from './devices.js';
export { brokerCheck, type LinkToCheck } from './link.js';
export { type ModelToCheck, modelCheck } from './model.js';
export { outputsCheck, sweepCheck } from './outputs.js';
export { nextStep, table } from './table.js';
