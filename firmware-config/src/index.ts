export { GateAdapter, GateProfile, gateProfileNames, parseGateProfile, readGateProfile } from './gate-profile.js';
