export { type AgentConfig, firstScale, profileOf, readAgentConfig } from './agent-config.js';
export { joinedFolder, stateFolder } from './state-folder.js';
export { version } from './version.js';
