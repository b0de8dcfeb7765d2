import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { isPitwallError, PitwallError, type Sha256 } from '@pitwall/protocol';
import type { CarriedModel } from '@pitwall/protocol/messages';
import { archiveLimit, type Blob, hashed, writeWhole } from '@pitwall/runtime';
import { type Download, download } from '../background/index.js';
import { bareNetwork, loadModel, modelName, packBare } from '../model/index.js';
import type { ModelStore, StagingFolder } from './model-store.js';

/** Where an archive comes from: a file (a USB stick's), or the controller. */
export type Source =
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'controller';
      readonly from: Download;
      readonly hash: Sha256;
      readonly name: string;
      readonly bytes: number;
    };

/**
 * Takes an archive into the store: copied, its hash compared, read, checked, converted and tried on the golden image. What
 * fails anywhere leaves the store as it was.
 * @throws PitwallError `models-full`, `download-failed`, `archive-invalid` …, whatever `loadModel` says
 */
export async function stage(store: ModelStore, source: Source): Promise<CarriedModel> {
  const announced = source.kind === 'controller' ? source.bytes : await sizeOf(source.path);
  if (announced > archiveLimit) throw tooLarge();
  await store.demandRoom(announced);
  const staging = await store.stagingFolder();
  try {
    const stream =
      source.kind === 'file' ? await contentsOf(source.path) : await download(source.from, modelAt(source.hash));
    const { hash, size: bytes } = await keep(stream, staging);
    if (source.kind === 'controller' && hash !== source.hash) {
      throw new PitwallError('archive-invalid', `The model ${source.name} arrived damaged; stage it again.`);
    }
    const loaded = await loadModel(staging.archive, { cacheFolder: staging.conversions });
    await loaded.policy.close();
    const name = source.kind === 'file' ? modelName(source.path) : source.name;
    const { steeringDeg, speedMps } = loaded.golden.action;
    await store.adopt(staging, { hash, name, bytes, golden: { steeringDeg, speedMps } });
    return { hash, name, bytes, state: 'ready' };
  } finally {
    await store.discard(staging);
  }
}

async function sizeOf(path: string): Promise<number> {
  const about = await stat(path).catch((cause: unknown) => {
    throw new PitwallError('not-found', `There is no model archive ${path}.`, { cause });
  });
  return about.size;
}

/** A network that came alone is kept with what lies beside it, as one archive. */
async function contentsOf(path: string): Promise<AsyncIterable<unknown>> {
  const bare = await bareNetwork(path);
  return bare === undefined || bare.texts.length === 0 ? createReadStream(path) : packBare(path, bare);
}

async function keep(stream: AsyncIterable<unknown>, { archive }: StagingFolder): Promise<Blob> {
  const file = await open(archive, 'wx', 0o600);
  try {
    return await hashed(stream as AsyncIterable<Buffer>, archiveLimit, (chunk) => writeWhole(file, chunk));
  } catch (cause) {
    const code = isPitwallError(cause) ? cause.code : 'output-failed';
    if (code === 'archive-too-large') throw tooLarge();
    throw new PitwallError(
      code === 'request-refused' ? 'download-failed' : code,
      code === 'request-refused'
        ? 'The model could not be copied to the car whole; stage it again.'
        : 'The model cannot be kept on the car: is its disk full? Delete a model, then stage it again.',
      { cause },
    );
  } finally {
    await file.close();
  }
}

const modelAt = (hash: Sha256) => ({ path: `/api/v1/models/${hash}`, what: `the model ${hash.slice(0, 12)}` });

const tooLarge = () =>
  new PitwallError(
    'archive-too-large',
    `The archive has more than ${archiveLimit / 2 ** 20} MB. It is no model archive.`,
  );
