export { ConfirmedRuns } from './confirmed-runs.js';
export { RecordingWorker, type RecordingWorkerOptions } from './recording-worker.js';
export { RunFiles } from './run-files.js';
export { type KnownRun, notHere, RunRecordings } from './run-recordings.js';
export { runRecordingMigrations } from './tables.js';
