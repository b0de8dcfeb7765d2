export * from './commands.js';
export * from './events.js';
export { RaceReplay, reduce } from './replay.js';
export * from './rules.js';
export * from './state.js';
