import { basename } from 'node:path';
import { PitwallError, type Sha256 } from '@pitwall/protocol';
import {
  type Compatibility,
  type Decision,
  type ModelMetadata,
  type Policy,
  readMetadata,
} from '@pitwall/protocol/policy';
import ort from 'onnxruntime-node';
import { type Archive, type NetworkFormat, readArchive } from './archive.js';
import { bind } from './binding.js';
import { type Checkpoint, type CheckpointChoice, chooseCheckpoint, listCheckpoints } from './checkpoints.js';
import type { Network } from './network.js';
import { writeOnnx } from './onnx/index.js';
import { OnnxPolicy, sessionOptions, warmUp } from './onnx-policy.js';
import { importTensorflow } from './tensorflow/index.js';

export interface LoadOptions {
  /** Absent: the best, or where none is marked the last. */
  readonly checkpoint?: CheckpointChoice;
  /** Where converted networks are kept, by hash; absent: nowhere. */
  readonly cacheFolder?: string;
  /** `stock` repeats the stock car's mistakes. */
  readonly compatibility?: Compatibility;
}

/** A model that has passed every check and is warm. Close its policy when another takes over. */
export interface LoadedModel {
  /** sha256 of the archive: laps and results name a model by it. */
  readonly hash: Sha256;
  /** The file's name without its ending. */
  readonly name: string;
  readonly metadata: ModelMetadata;
  readonly checkpoints: readonly Checkpoint[];
  /** The one that was loaded. */
  readonly checkpoint: Checkpoint;
  /** What it decides on the golden image. */
  readonly golden: Decision;
  readonly policy: Policy;
}

/**
 * Reads, checks, converts and warms up a model. Whatever fails, fails here, before anything that runs is touched.
 * @throws PitwallError with a code and a sentence that says what is wrong with the archive.
 */
export async function loadModel(path: string, options: LoadOptions = {}): Promise<LoadedModel> {
  const archive = await readArchive(path);
  const metadata = readMetadata(metadataText(archive));
  const checkpoints = listCheckpoints(archive);
  const checkpoint = chooseCheckpoint(checkpoints, options.checkpoint);
  const network = importNetwork(await networkBytes(path, archive, checkpoint), formatOf(archive, checkpoint));
  const binding = bind(network, metadata);
  const session = await ort.InferenceSession.create(writeOnnx(network), sessionOptions);
  const policy = new OnnxPolicy(session, binding, metadata, options.compatibility ?? 'right');
  try {
    const golden = await warmUp(policy, binding, metadata);
    return { hash: archive.hash, name: modelName(path), metadata, checkpoints, checkpoint, golden, policy };
  } catch (error) {
    await policy.close();
    throw error;
  }
}

export const modelName = (path: string): string => basename(path).replace(/\.(tar\.gz|tgz|onnx|tflite)$/, '');

/** The one `model_metadata.json`, at the root or beside the network. */
function metadataText(archive: Archive): string {
  const found = [...archive.texts].filter(
    ([path]) => path === 'model_metadata.json' || path.endsWith('/model_metadata.json'),
  );
  const [first] = found;
  const chosen = found.length === 1 ? first : found.find(([path]) => !path.includes('/'));
  if (chosen !== undefined) return chosen[1];
  if (first === undefined)
    throw new PitwallError(
      'metadata-invalid',
      'The archive has no model_metadata.json, which says what its actions are. Add it at the root.',
    );
  throw new PitwallError(
    'metadata-invalid',
    `The archive has ${found.length} model_metadata.json files and none at its root; leave one.`,
  );
}

function formatOf(archive: Archive, checkpoint: Checkpoint): NetworkFormat {
  return archive.networks.find((network) => network.path === checkpoint.path)?.format ?? 'tensorflow';
}

async function networkBytes(path: string, archive: Archive, checkpoint: Checkpoint): Promise<Uint8Array> {
  if (archive.kept?.path === checkpoint.path) return archive.kept.bytes;
  const again = await readArchive(path, checkpoint.path);
  if (again.kept === undefined || again.hash !== archive.hash)
    throw new PitwallError('archive-invalid', 'The archive changed while it was read.');
  return again.kept.bytes;
}

export function importNetwork(bytes: Uint8Array, format: NetworkFormat): Network {
  if (format === 'tensorflow') return importTensorflow(bytes);
  throw new PitwallError('graph-unsupported', `Networks of format ${format} are not read yet.`);
}
