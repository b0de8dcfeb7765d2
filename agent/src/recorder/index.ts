export { extractRecording, inspectRecording, type RecordingSummary, repairRecording } from './files.js';
export { McapFile } from './mcap-file.js';
export { readMeasuringRun } from './measuring-run.js';
export { type RawMessage, type Reading, readRecording } from './read.js';
export { Recorder, type RecorderParts } from './recorder.js';
export { type Replayed, replayRecording, steadiest } from './replay.js';
export { Ring, type RingLimits } from './ring.js';
