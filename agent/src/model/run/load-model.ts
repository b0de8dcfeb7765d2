import { basename } from 'node:path';
import { PitwallError, type Sha256 } from '@pitwall/protocol';
import type { BatchPolicy, Compatibility, Decision, ModelMetadata } from '@pitwall/protocol/policy';
import type { Checkpoint, CheckpointChoice } from '../archive/index.js';
import { modelFileOf } from '../archive/index.js';
import {
  ConversionCache,
  importModel,
  ort,
  type ReadyModel,
  sessionOptions,
  withTemporaryFile,
} from '../import/index.js';
import { returnLargeBlocks } from './allocator.js';
import { bindNetwork } from './bind-network.js';
import { OnnxPolicy, warmUp } from './onnx-policy.js';

export interface LoadOptions {
  /** Absent: the best. */
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
  /** What its network sees and what its numbers mean, one sentence each. */
  readonly reading: readonly string[];
  readonly checkpoints: readonly Checkpoint[];
  /** What was odd about the archive or its metadata and did not matter, one sentence each. */
  readonly notes: readonly string[];
  /** The one that was loaded. */
  readonly checkpoint: Checkpoint;
  /** What it decides on the golden image. */
  readonly golden: Decision;
  readonly policy: BatchPolicy;
  /** Makes sure that decisions do not depend on how many are made at once; takes as long as a hundred of them. */
  readonly alignBatches: () => Promise<void>;
}

/**
 * Reads, checks, converts and warms up a model. Whatever fails, fails here, before anything that runs is touched.
 * @throws PitwallError with a code and a sentence that says what is wrong with the archive.
 */
export async function loadModel(path: string, options: LoadOptions = {}): Promise<LoadedModel> {
  await returnLargeBlocks();
  const cache = options.cacheFolder === undefined ? undefined : new ConversionCache(options.cacheFolder);
  const known = await cache?.find(path, options.checkpoint);
  if (known !== undefined) return warm(path, known, options);
  return withTemporaryFile(async (file) => {
    const { archive, tensors, onnx } = await importModel(path, options.checkpoint, file);
    const model = modelFileOf(archive, options.checkpoint);
    // A full or read-only disk costs the next start some time, and nothing else.
    await cache?.keep(archive, model.part.hash, { file, onnx, tensors }).catch(() => {});
    return warm(path, { ...model, file, tensors }, options);
  });
}

/** From a network on disk to a policy that is known to work. */
async function warm(path: string, ready: ReadyModel, options: LoadOptions): Promise<LoadedModel> {
  const { archive, checkpoints, notes, checkpoint, tensors, file } = ready;
  const { binding, metadata, reading } = bindNetwork(tensors, ready);
  // By its path: the runtime reads the weights itself, so that they are never here too.
  const session = await ort.InferenceSession.create(file, sessionOptions).catch((cause: unknown) => {
    throw new PitwallError('graph-invalid', 'The runtime cannot load the network.', { cause });
  });
  const policy = new OnnxPolicy(session, binding, metadata, options.compatibility ?? 'right');
  try {
    const golden = await warmUp(policy, binding);
    return {
      hash: archive.hash,
      name: modelName(path),
      metadata,
      reading,
      checkpoints,
      notes: [...notes, ...metadata.warnings],
      checkpoint,
      golden,
      policy,
      alignBatches: () => policy.alignBatches(),
    };
  } catch (error) {
    await policy.close();
    throw error;
  }
}

/** The file's name without folder and ending. */
export const modelName = (path: string): string =>
  basename(path).replace(/\.(tar\.gz|tgz|tar|zip|pb|onnx|tflite)$/i, '');
