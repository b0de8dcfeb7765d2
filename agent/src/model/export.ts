import type { CheckpointChoice } from './checkpoints.js';
import { convertNetwork, importCheckpoint } from './convert.js';
import { openModel } from './load.js';
import type { Port } from './network.js';

export interface ConvertedModel {
  readonly onnx: Uint8Array;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/**
 * A model's network as ONNX (opset 17, float32, batch 1), to run elsewhere. Inputs are what the camera gives, 0 to 255.
 * @throws PitwallError as `loadModel` does.
 */
export async function convertModel(path: string, checkpoint?: CheckpointChoice): Promise<ConvertedModel> {
  const opened = await openModel(path, checkpoint);
  const network = await importCheckpoint(path, opened.archive, opened.checkpoint);
  const format = opened.archive.networks.find((part) => part.path === opened.checkpoint.path)?.format ?? 'tensorflow';
  return { onnx: await convertNetwork(network, format), inputs: network.inputs, outputs: network.outputs };
}
