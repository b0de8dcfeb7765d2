export { localStops } from './local-controls.js';
export { runAgent } from './run-agent.js';
