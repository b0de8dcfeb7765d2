import { basename } from 'node:path';
import { PitwallError, type Sha256 } from '@pitwall/protocol';
import type { Compatibility, Decision, ModelMetadata, Policy } from '@pitwall/protocol/policy';
import ort from 'onnxruntime-node';
import { returnLargeBlocks } from './allocator.js';
import { type Archive, hashFile, readArchive } from './archive.js';
import { bind, withLidarOf } from './binding.js';
import { ConversionCache, type Converted } from './cache.js';
import { type Checkpoint, type CheckpointChoice, chooseCheckpoint, listCheckpoints } from './checkpoints.js';
import { convertNetwork, importCheckpoint } from './convert.js';
import { isBareNetwork, metadataOf, readBareNetwork } from './model-file.js';
import { OnnxPolicy, sessionOptions, warmUp } from './onnx-policy.js';

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

/** A model file read and checked, its network not yet touched. */
export interface OpenedModel {
  readonly archive: Archive;
  readonly metadata: ModelMetadata;
  readonly checkpoints: readonly Checkpoint[];
  readonly checkpoint: Checkpoint;
}

/**
 * Reads, checks, converts and warms up a model. Whatever fails, fails here, before anything that runs is touched.
 * @throws PitwallError with a code and a sentence that says what is wrong with the archive.
 */
export async function loadModel(path: string, options: LoadOptions = {}): Promise<LoadedModel> {
  await returnLargeBlocks();
  const cache = options.cacheFolder === undefined ? undefined : new ConversionCache(options.cacheFolder);
  const { archive, metadata: written, checkpoints, checkpoint } = await openModel(path, options.checkpoint, cache);
  const { onnx, ports } = await converted(path, archive, checkpoint, cache);
  const binding = bind(ports, written);
  const metadata = withLidarOf(binding, written);
  const session = await ort.InferenceSession.create(onnx, sessionOptions).catch((cause: unknown) => {
    throw new PitwallError('graph-invalid', 'The runtime cannot load the network.', { cause });
  });
  const policy = new OnnxPolicy(session, binding, metadata, options.compatibility ?? 'right');
  try {
    const golden = await warmUp(policy, binding, metadata);
    return { hash: archive.hash, name: modelName(path), metadata, checkpoints, checkpoint, golden, policy };
  } catch (error) {
    await policy.close();
    throw error;
  }
}

/** The file's name without folder and ending. */
export const modelName = (path: string): string => basename(path).replace(/\.(tar\.gz|tgz|onnx|tflite)$/, '');

/** @throws PitwallError as {@link loadModel} does for whatever is wrong outside of the network. */
export async function openModel(
  path: string,
  choice?: CheckpointChoice,
  cache?: ConversionCache,
): Promise<OpenedModel> {
  const archive = await contents(path, cache);
  const metadata = metadataOf(archive);
  const checkpoints = listCheckpoints(archive);
  return { archive, metadata, checkpoints, checkpoint: chooseCheckpoint(checkpoints, choice) };
}

async function contents(path: string, cache: ConversionCache | undefined): Promise<Archive> {
  if (isBareNetwork(path)) return readBareNetwork(path);
  const hash = cache === undefined ? undefined : await hashFile(path);
  return (hash === undefined ? undefined : await cache?.contents(hash)) ?? readArchive(path);
}

async function converted(
  path: string,
  archive: Archive,
  checkpoint: Checkpoint,
  cache: ConversionCache | undefined,
): Promise<Converted> {
  const part = archive.networks.find((network) => network.path === checkpoint.path);
  if (part === undefined) throw new PitwallError('archive-invalid', `The archive has no ${checkpoint.path}.`);
  const known = await cache?.conversion(part.hash);
  if (known !== undefined) return known;
  const network = await importCheckpoint(path, archive, checkpoint);
  const { inputs, outputs } = network;
  const made = { onnx: await convertNetwork(network, part.format), ports: { inputs, outputs } };
  // A full or read-only disk costs the next start some time, and nothing else.
  await cache?.keep(archive, part.hash, made).catch(() => {});
  return made;
}
