import { PitwallError, type Sha256 } from '@pitwall/protocol';
import type { Archive } from './archive.js';
import type { Ports } from './binding.js';
import type { CheckpointChoice } from './checkpoints.js';
import { Importer } from './importer.js';
import type { LayerSummary } from './network.js';

export interface ImportedModel {
  readonly archive: Archive;
  readonly ports: Ports;
  readonly layers: readonly LayerSummary[];
  /** sha256 of the ONNX file. */
  readonly onnx: Sha256;
}

const importer = new Importer();

/**
 * Reads a model file and writes the chosen network to `file` as ONNX, in a process of its own.
 * @throws PitwallError with a code and a sentence that says what is wrong with the model.
 */
export async function importModel(
  path: string,
  choice: CheckpointChoice | undefined,
  file: string,
): Promise<ImportedModel> {
  const word = await importer.import({ path, choice, file });
  if (word.type === 'failed') throw new PitwallError(word.code, word.message, { details: { ...word.details } });
  const { archive, inputs, outputs, layers, onnx } = word.result;
  return {
    archive: { ...archive, texts: new Map(archive.texts), kept: undefined },
    ports: { inputs, outputs },
    layers,
    onnx,
  };
}
