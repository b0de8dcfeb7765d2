import { PitwallError, type Sha256 } from '@pitwall/protocol';
import type { Archive, CheckpointChoice } from '../archive/index.js';
import type { LayerSummary, NetworkTensors } from '../graph/index.js';
import { ImportWorker } from './worker-process.js';

export interface ImportedModel {
  readonly archive: Archive;
  readonly tensors: NetworkTensors;
  readonly layers: readonly LayerSummary[];
  /** sha256 of the ONNX file. */
  readonly onnx: Sha256;
}

const importer = new ImportWorker();

/**
 * Reads a model file and writes the chosen network to `file` as ONNX, in a process of its own.
 * @throws PitwallError with a code and a sentence that says what is wrong with the model.
 */
export async function importModel(
  path: string,
  choice: CheckpointChoice | undefined,
  file: string,
): Promise<ImportedModel> {
  const outcome = await importer.import({ path, choice, file });
  if (outcome.type === 'failed')
    throw new PitwallError(outcome.code, outcome.message, { details: { ...outcome.details } });
  const { archive, inputs, outputs, layers, onnx } = outcome.result;
  return {
    archive: { ...archive, texts: new Map(archive.texts), loaded: undefined },
    tensors: { inputs, outputs },
    layers,
    onnx,
  };
}
