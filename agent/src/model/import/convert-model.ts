import { readFile } from 'node:fs/promises';
import type { CheckpointChoice } from '../archive/index.js';
import type { TensorInfo } from '../graph/index.js';
import { importModel } from './import-model.js';
import { withTemporaryFile } from './temporary-file.js';

export interface ConvertedModel {
  readonly onnx: Uint8Array;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
}

/**
 * A model's network as ONNX (opset 17, float32; any number of observations along the first axis, where the network keeps them
 * apart), to run elsewhere. Inputs are what the camera gives, 0 to 255.
 * @throws PitwallError as `loadModel` does.
 */
export function convertModel(path: string, checkpoint?: CheckpointChoice): Promise<ConvertedModel> {
  return withTemporaryFile(async (file) => {
    const { tensors } = await importModel(path, checkpoint, file);
    return { onnx: await readFile(file), inputs: tensors.inputs, outputs: tensors.outputs };
  });
}
