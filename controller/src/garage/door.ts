import { PitwallError, type Sha256 } from '@pitwall/protocol';
import { archiveLimit, type Blob, type BlobStore } from '@pitwall/runtime';
import type { ModelCheck } from './check.js';

/** What looks at models, as the doors of this controller use it. */
export type ModelDoor = Pick<ModelCheck, 'check' | 'describe'>;

/**
 * Keeps a model that came, after the checks that a car makes; with a description it is the described one that is checked and kept.
 * @throws PitwallError of what is wrong with it; nothing is left of it then
 */
export async function keepChecked(
  door: ModelDoor,
  blobs: BlobStore,
  model: AsyncIterable<Uint8Array>,
  { description, isKnown }: { description?: string | undefined; isKnown: (hash: Sha256) => Promise<boolean> },
): Promise<Blob> {
  const blob = await blobs.put(model, archiveLimit);
  if (blob.size === 0) throw new PitwallError('archive-invalid', 'The upload is empty: send the model archive.');
  const drop = async (hash: Sha256) => {
    if (!(await isKnown(hash))) await blobs.delete(hash);
  };
  if (description !== undefined) {
    try {
      const put = (described: AsyncIterable<Uint8Array>) => blobs.put(described, archiveLimit);
      return await door.describe(await blobs.get(blob.hash), description, put);
    } finally {
      await drop(blob.hash);
    }
  }
  // What was taken before is fine.
  if (await isKnown(blob.hash)) return blob;
  try {
    await door.check(blob.hash, () => blobs.get(blob.hash));
  } catch (error) {
    await drop(blob.hash);
    throw error;
  }
  return blob;
}
