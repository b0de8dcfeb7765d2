export { bestCheckpoint, type CheckpointSummary, summarise } from './choose-checkpoint.js';
export { type CheckpointPlace, type Evaluated, type EvaluateOptions, evaluate } from './evaluate.js';
export { isComplete, type LapRecord, lapMicros } from './lap.js';
export { observerOf } from './observe-world.js';
export { inWords } from './robustness.js';
export { defaultRules, type EvaluationRules, raceTypes, rulesOfRace } from './rules.js';
export { type Run, type RunOptions, runTrials } from './run-trials.js';
export { trackSvg } from './track-map.js';
export { writeEvaluationFiles } from './write-files.js';
