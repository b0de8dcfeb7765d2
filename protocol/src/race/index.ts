export * from './commands.js';
export { gatesOf, hasGate } from './course.js';
export { type Circumstances, decide, isConflict } from './decide.js';
export { mayGo, simulatedId } from './decide-turn.js';
export * from './events.js';
export { RaceReplay, reduce } from './replay.js';
export * from './rules.js';
export * from './state.js';
