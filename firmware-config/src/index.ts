export { GateAdapter, GateProfile, gateProfileNames, parseGateProfile, readGateProfile } from './gate-profile.js';
export {
  CarProfile,
  carProfileNames,
  DrivetrainProfile,
  Pulses,
  parseCarProfile,
  readCarProfile,
} from './car-profile.js';
