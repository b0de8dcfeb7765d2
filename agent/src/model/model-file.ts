import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PitwallError } from '@pitwall/protocol';
import { type ModelMetadata, readMetadata } from '@pitwall/protocol/policy';
import { type Archive, archiveLimits, hashFile, networkFormat, readArchive } from './archive.js';
import { type Checkpoint, type CheckpointChoice, chooseCheckpoint, listCheckpoints } from './checkpoints.js';
import { donkeycarMetadata } from './head.js';

/** `.pb`, `.onnx` and `.tflite` files also come alone, without an archive around them. */
export const isBareNetwork = (path: string): boolean => networkFormat(path) !== undefined;

/**
 * A network file as if it were an archive, with the `model_metadata.json` beside it if there is one.
 * @throws PitwallError `not-found`, `archive-too-large`.
 */
export async function readBareNetwork(path: string): Promise<Archive> {
  const about = await stat(path).catch((cause: unknown) => {
    throw new PitwallError('not-found', `There is no model ${path}.`, { cause });
  });
  if (!about.isFile()) throw new PitwallError('archive-invalid', `The model ${path} is not a file.`);
  if (about.size > archiveLimits.network) {
    throw new PitwallError(
      'archive-too-large',
      `The network has ${(about.size / 2 ** 20).toFixed(0)} MB; the limit is ${archiveLimits.network / 2 ** 20} MB.`,
    );
  }
  const text = await readFile(join(dirname(path), 'model_metadata.json'), 'utf8').catch(() => undefined);
  const format = networkFormat(path) ?? 'onnx';
  const part = { path: `model.${format}`, bytes: about.size, hash: await hashFile(path) };
  return {
    hash: part.hash,
    parts: [part],
    texts: new Map(text === undefined ? [] : [['model_metadata.json', text]]),
    networks: [{ ...part, format }],
    kept: undefined,
  };
}

/**
 * The archive's one `model_metadata.json`, at the root or beside the networks; without one, an `.onnx` or `.tflite` network
 * counts as Donkeycar's, whose outputs say what they are.
 * @throws PitwallError `metadata-invalid`.
 */
export function metadataOf(archive: Archive): ModelMetadata {
  const found = [...archive.texts].filter(
    ([path]) => path === 'model_metadata.json' || path.endsWith('/model_metadata.json'),
  );
  const folder = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);
  const beside = archive.networks[0] === undefined ? '' : folder(archive.networks[0].path);
  const chosen =
    found.length === 1
      ? found[0]
      : (found.find(([path]) => folder(path) === '') ?? found.find(([path]) => folder(path) === beside));
  if (chosen !== undefined) return readMetadata(chosen[1]);
  if (found.length > 1) {
    throw new PitwallError(
      'metadata-invalid',
      `The archive has ${found.length} model_metadata.json files, and none at its root or beside the network; leave one.`,
    );
  }
  if (archive.networks.length === 1 && archive.networks[0]?.format !== 'tensorflow') return donkeycarMetadata;
  throw new PitwallError(
    'metadata-invalid',
    'The model has no model_metadata.json, which says what its actions are. Add it at the root of the archive, or beside the network.',
  );
}

/** A model file's contents and which of its checkpoints is meant, its network not yet touched. */
export interface ChosenModel {
  readonly archive: Archive;
  readonly metadata: ModelMetadata;
  readonly checkpoints: readonly Checkpoint[];
  readonly checkpoint: Checkpoint;
  /** Of the checkpoint's network. */
  readonly part: Archive['networks'][number];
}

/** @throws PitwallError `archive-invalid`, `metadata-invalid`, `checkpoint-unknown`. */
export function chosen(archive: Archive, choice?: CheckpointChoice): ChosenModel {
  const metadata = metadataOf(archive);
  const checkpoints = listCheckpoints(archive);
  const checkpoint = chooseCheckpoint(checkpoints, choice);
  const part = archive.networks.find((network) => network.path === checkpoint.path);
  if (part === undefined) throw new PitwallError('archive-invalid', `The archive has no ${checkpoint.path}.`);
  return { archive, metadata, checkpoints, checkpoint, part };
}

/** Reads a model file, archive or bare network. @throws PitwallError for whatever is wrong outside of the network. */
export async function readModel(path: string, choice?: CheckpointChoice): Promise<ChosenModel> {
  return chosen(isBareNetwork(path) ? await readBareNetwork(path) : await readArchive(path), choice);
}
