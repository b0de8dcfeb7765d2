import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { isPitwallError, PitwallError, type Sha256 } from '@pitwall/protocol';
import type { CarriedModel } from '@pitwall/protocol/messages';
import { bareNetwork, loadModel, modelName, packBare } from '../model/index.js';
import { type Download, download } from './download.js';
import type { ModelStore, Workshop } from './store.js';

/** The limit of an archive, in bytes. */
const limit = 256 * 2 ** 20;

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
  if (announced > limit) throw tooLarge();
  await store.demandRoom(announced);
  const workshop = await store.workshop();
  try {
    const stream = source.kind === 'file' ? await contentsOf(source.path) : await download(source.from, source.hash);
    const { hash, bytes } = await keep(stream, workshop);
    if (source.kind === 'controller' && hash !== source.hash) {
      throw new PitwallError('archive-invalid', `The model ${source.name} arrived damaged; stage it again.`);
    }
    const loaded = await loadModel(workshop.archive, { cacheFolder: workshop.conversions });
    await loaded.policy.close();
    const name = source.kind === 'file' ? modelName(source.path) : source.name;
    const { steeringDeg, speedMps } = loaded.golden.action;
    await store.adopt(workshop, { hash, name, bytes, golden: { steeringDeg, speedMps } });
    return { hash, name, bytes, state: 'ready' };
  } finally {
    await store.discard(workshop);
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

async function keep(stream: AsyncIterable<unknown>, { archive }: Workshop): Promise<{ hash: Sha256; bytes: number }> {
  const sum = createHash('sha256');
  let bytes = 0;
  const file = await open(archive, 'wx', 0o600);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limit) throw tooLarge();
      sum.update(chunk);
      await file.write(chunk);
    }
  } catch (cause) {
    if (isPitwallError(cause)) throw cause;
    throw new PitwallError('download-failed', 'The model could not be copied to the car whole; stage it again.', {
      cause,
    });
  } finally {
    await file.close();
  }
  return { hash: sum.digest('hex') as Sha256, bytes };
}

const tooLarge = () =>
  new PitwallError('archive-too-large', `The archive has more than ${limit / 2 ** 20} MB. It is no model archive.`);
