import { readFile } from 'node:fs/promises';
import type { CheckpointChoice } from './checkpoints.js';
import { importModel } from './import-model.js';
import type { Port } from './network.js';
import { inWorkFolder } from './work-folder.js';

export interface ConvertedModel {
  readonly onnx: Uint8Array;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/**
 * A model's network as ONNX (opset 17, float32, batch 1), to run elsewhere. Inputs are what the camera gives, 0 to 255.
 * @throws PitwallError as `loadModel` does.
 */
export function convertModel(path: string, checkpoint?: CheckpointChoice): Promise<ConvertedModel> {
  return inWorkFolder(async (file) => {
    const { ports } = await importModel(path, checkpoint, file);
    return { onnx: await readFile(file), inputs: ports.inputs, outputs: ports.outputs };
  });
}
