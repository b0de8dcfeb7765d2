export {
  archiveLimits,
  bareNetwork,
  type Checkpoint,
  type CheckpointChoice,
  packBare,
  textNames,
  withDescription,
} from './archive/index.js';
export {
  type Comparison,
  compareModels,
  type Difference,
  describeModel,
  difference,
  drawExplanation,
  type ModelSummary,
  type Saliency,
  saliency,
} from './explain/index.js';
export type { LayerSummary } from './graph/index.js';
export {
  type Activation,
  type ConvertedModel,
  convertModel,
  GraphWriter,
  type PolicyGraph,
  policyGraph,
  type SensorBranch,
  type Weights,
  writePolicyGraph,
} from './import/index.js';
export { listPictures, planeOf, readPicture } from './picture/index.js';
export {
  goldenImage,
  type LoadedModel,
  type LoadOptions,
  loadModel,
  ModelSlot,
  modelName,
  observe,
} from './run/index.js';
