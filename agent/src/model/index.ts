export type { Checkpoint, CheckpointChoice } from './checkpoints.js';
export { type LoadedModel, type LoadOptions, loadModel } from './load.js';
export {
  type Activation,
  GraphWriter,
  type PolicyGraph,
  policyGraph,
  type SensorBranch,
  type Weights,
  writePolicyGraph,
} from './tensorflow/index.js';
