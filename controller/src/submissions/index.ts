export { Blobs } from './blobs.js';
export type { Confinement, Limits } from './confinement.js';
export { confine } from './confinement.js';
export { Evaluator, type EvaluatorOptions } from './evaluator.js';
export { EvaluationQueue, type QueueOptions, type Taken } from './queue.js';
export { Registrar } from './registrar.js';
export type { BoardView, Place } from './status.js';
export { type Sent, Submissions } from './submissions.js';
export { type SubmissionTables, submissionMigrations } from './tables.js';
