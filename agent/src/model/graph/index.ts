export { binary, cast, clip, commonUnaries, floorDivision, softmax, unary } from './arithmetic.js';
export { forAnyBatch } from './batch.js';
export { type Constant, constant, countOf, elements, ints, type Shape, scalar, transposed } from './constant.js';
export { halfToFloat } from './float16.js';
export { addBias, batchNormalization, convolution, matMul, pool } from './layers.js';
export { Lowering } from './lowering.js';
export {
  type Attribute,
  type LayerSummary,
  type Network,
  type NetworkTensors,
  summarised,
  type TensorInfo,
  tensorSize,
} from './network.js';
export { type Role, roleOf } from './output-roles.js';
export { reduce } from './reduction.js';
export { concat, pad, reshape, slice, sliceOf, split, stack, tile, transpose } from './shaping.js';
export { type Stored, storedBytes, storedNumbers } from './stored-numbers.js';
export { stridedSlice } from './strided-slice.js';
export type { Value } from './value.js';
