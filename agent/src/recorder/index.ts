export { McapFile } from './mcap-file.js';
export { readMeasuringRun } from './measuring-run.js';
export { type RawMessage, type RecordingContents, readRecording } from './read-recording.js';
export { Recorder, type RecorderParts } from './recorder.js';
export { copyRecordings, extractRecording, inspectRecording, type RecordingSummary } from './recording-files.js';
export { RecordingFolder, type RecordingLimits } from './recording-folder.js';
export { type Replayed, replayRecording, steadiest } from './replay-recording.js';
export { type Video, writeVideo } from './video.js';
export { readLaps } from './video-script.js';
