export {
  type Activation,
  GraphWriter,
  type PolicyGraph,
  policyGraph,
  type SensorBranch,
  type Weights,
  writePolicyGraph,
} from './graph-writer.js';
export { importTensorflow } from './import.js';
