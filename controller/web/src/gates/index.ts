export { type GateSaid, gateSaid } from './gate-words.js';
export { useGates } from './use-gates.js';
