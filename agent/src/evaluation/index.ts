export { type CheckpointPlace, type Evaluated, type EvaluateOptions, evaluate } from './evaluate.js';
export { isComplete, type LapRecord, lapMicros } from './lap.js';
export { metricsOf, type TrialMetrics } from './metrics.js';
export { writeOutputs } from './outputs.js';
export { defaultRules, type EvaluationRules, raceTypes, rulesOfRace } from './rules.js';
export { type Run, type RunOptions, runTrials } from './run.js';
export { observerOf } from './sensors.js';
export { type CheckpointSummary, choose, summarise } from './summary.js';
export { trackSvg } from './track-map.js';
