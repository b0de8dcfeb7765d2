export { type AgentConfig, profileOf, readAgentConfig } from './agent-config.js';
export { stateFolder } from './state-folder.js';
export { version } from './version.js';
