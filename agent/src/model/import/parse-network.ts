import { PitwallError } from '@pitwall/protocol';
import type { NetworkFormat } from '../archive/index.js';
import { forAnyBatch, type Network } from '../graph/index.js';
import { importOnnx } from './onnx/index.js';
import { importTensorflow } from './tensorflow/index.js';
import { importTflite } from './tflite/index.js';

/**
 * A network, from whatever format, with every operation, shape and constant checked.
 * @throws PitwallError `graph-invalid`, `graph-unsupported`, `graph-too-large`.
 */
export function importNetwork(bytes: Uint8Array, format: NetworkFormat): Network {
  try {
    if (format === 'tensorflow') return forAnyBatch(importTensorflow(bytes));
    return forAnyBatch(format === 'onnx' ? importOnnx(bytes) : importTflite(bytes));
  } catch (cause) {
    // Whatever a damaged file can do to the importer, it ends in one kind of error.
    if (cause instanceof PitwallError) throw cause;
    throw new PitwallError('graph-invalid', 'The network file is damaged. Export the model again.', { cause });
  }
}
