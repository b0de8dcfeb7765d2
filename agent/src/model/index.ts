export { textNames } from './archive.js';
export { bareNetwork, packBare } from './bare-network.js';
export type { Checkpoint, CheckpointChoice } from './checkpoints.js';
export { type Comparison, compareModels, type Difference, difference } from './compare.js';
export { describeModel, type ModelSummary } from './describe.js';
export { drawExplanation } from './explain.js';
export { type ConvertedModel, convertModel } from './export.js';
export { goldenImage } from './golden.js';
export { type LoadedModel, type LoadOptions, loadModel, modelName } from './load.js';
export type { LayerSummary } from './network.js';
export { observe } from './observe.js';
export { planeOf, readPicture } from './picture.js';
export { type Saliency, saliency } from './saliency.js';
export { ModelSlot } from './slot.js';
export {
  type Activation,
  GraphWriter,
  type PolicyGraph,
  policyGraph,
  type SensorBranch,
  type Weights,
  writePolicyGraph,
} from './tensorflow/index.js';
