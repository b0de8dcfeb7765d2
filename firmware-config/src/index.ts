export {
  Calibration,
  calibrationVersion,
  calibrationVersions,
  type Found,
  presentCalibration,
  readCalibration,
  saveCalibration,
  withCalibration,
} from './calibration.js';
export { CameraProfile } from './camera-profile.js';
export { CarProfile, carProfileNames, parseCarProfile, readCarProfile, readCarProfileText } from './car-profile.js';
export { DrivetrainProfile, mostScale, Pulses } from './drivetrain-profile.js';
export { GateAdapter, GateProfile, gateProfileNames, parseGateProfile, readGateProfile } from './gate-profile.js';
export { carProfileRules, lintCarProfile } from './lint.js';
export { BatteryProfile, ImuProfile, LidarProfile, LightProfile } from './peripherals-profile.js';
export { ReceiverProfile } from './receiver-profile.js';
export { readStockCalibration, withStockCalibration, writeStockCalibration } from './stock-calibration.js';
