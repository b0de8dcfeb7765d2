export { ConversionCache, type ReadyModel } from './conversion-cache.js';
export { type ConvertedModel, convertModel } from './convert-model.js';
export { importModel } from './import-model.js';
export { ort } from './onnx-runtime.js';
export { sessionOptions } from './session-options.js';
export { withTemporaryFile } from './temporary-file.js';
export {
  type Activation,
  GraphWriter,
  type PolicyGraph,
  policyGraph,
  type SensorBranch,
  type Weights,
  writePolicyGraph,
} from './tensorflow/index.js';
