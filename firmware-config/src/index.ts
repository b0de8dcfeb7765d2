export {
  CarProfile,
  carProfileNames,
  DrivetrainProfile,
  Pulses,
  parseCarProfile,
  readCarProfile,
} from './car-profile.js';
export { GateAdapter, GateProfile, gateProfileNames, parseGateProfile, readGateProfile } from './gate-profile.js';
export { withStockCalibration } from './stock-calibration.js';
