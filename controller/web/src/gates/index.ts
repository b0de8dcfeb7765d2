export { type GateSaid, gateStatus } from './gate-status.js';
export { useGates } from './use-gates.js';
