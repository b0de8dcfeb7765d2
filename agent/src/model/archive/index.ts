export { type Archive, archiveLimits, hashFile, type Part, textNames } from './archive.js';
export { bareNetwork, packBare, readBareNetwork } from './bare-network.js';
export { checkpointBytes } from './checkpoint-bytes.js';
export type { Checkpoint, CheckpointChoice } from './checkpoints.js';
export { isSavedModel } from './file-kind.js';
export { savedModelAdvice } from './foreign-models.js';
export { type ModelFile, modelFileOf, readModelFile } from './model-file.js';
export type { NetworkFormat } from './network-format.js';
export { withDescription } from './with-description.js';
