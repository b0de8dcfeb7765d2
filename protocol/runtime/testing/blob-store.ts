import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Sha256 } from '@pitwall/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlobStore } from '../src/index.js';

export interface BlobStoreUnderTest {
  readonly blobs: BlobStore;
  /** What is on disk of all blobs and of unfinished ones: names of files, ids of rows. */
  kept(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

/** What a {@link BlobStore} promises, wherever it keeps its blobs. */
export function blobStoreContract(name: string, open: () => Promise<BlobStoreUnderTest>): void {
  describe(`blobs in ${name}`, () => {
    const bytes = randomBytes(2_500_000);
    const hash = createHash('sha256').update(bytes).digest('hex') as Sha256;
    let world: BlobStoreUnderTest;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.stop());

    it('are kept by their hash, once, and given back, until they are deleted', async () => {
      const { blobs } = world;
      expect(await blobs.size(hash)).toBeUndefined();
      const blob = { hash, size: bytes.length };
      expect(await blobs.put(chunks(bytes, 7_000), 3e6)).toEqual(blob);
      const once = await world.kept();
      expect(once.length).toBeGreaterThan(0);
      const again = [7_000, 1_100_000].map((size) => blobs.put(chunks(bytes, size), bytes.length));
      expect(await Promise.all(again)).toEqual([blob, blob]);
      expect(await world.kept()).toEqual(once);
      expect(await blobs.size(hash)).toBe(bytes.length);
      expect((await buffer(await blobs.get(hash))).equals(bytes)).toBe(true);
      await blobs.delete(hash);
      await blobs.delete(hash);
      expect(await world.kept()).toEqual([]);
      await expect(blobs.get(hash)).rejects.toMatchObject({ code: 'not-found' });
    });

    it('may be empty', async () => {
      const { hash: empty, size } = await world.blobs.put(chunks(Buffer.alloc(0), 1), 0);
      expect(size).toBe(0);
      expect((await buffer(await world.blobs.get(empty))).length).toBe(0);
    });

    it('are not kept in part: neither what is too large nor what breaks off', async () => {
      const { blobs } = world;
      await expect(blobs.put(chunks(bytes, 7_000), bytes.length - 1)).rejects.toMatchObject({
        code: 'archive-too-large',
      });
      async function* broken() {
        yield bytes;
        throw new Error('connection lost');
      }
      await expect(blobs.put(broken(), 3e6)).rejects.toMatchObject({ code: 'request-refused' });
      expect(await world.kept()).toEqual([]);
    });
  });
}
