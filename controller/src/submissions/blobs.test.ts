import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { allMigrations } from '../migrations.js';
import { openStore } from '../store/index.js';
import { engines, freshDatabase } from '../store/testing.js';
import { Blobs } from './blobs.js';
import type { SubmissionTables } from './tables.js';

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

it.each(engines)(
  'keeps bytes by their hash, once, and nothing of what is too large or breaks off, on %s',
  async (engine) => {
    const store = await openStore(await freshDatabase(engine), allMigrations);
    try {
      const blobs = new Blobs(store);
      const parts = async () =>
        (await store.as<SubmissionTables>().selectFrom('submission_blob_parts').select('upload').execute()).length;
      const bytes = randomBytes(2_500_000);
      const [first, second] = await Promise.all([7_000, 1_100_000].map((size) => blobs.put(chunks(bytes, size), 3e6)));
      expect(first).toEqual(second);
      const read: Uint8Array[] = [];
      for await (const part of blobs.get(first?.hash ?? '')) read.push(part);
      expect(Buffer.concat(read).equals(bytes)).toBe(true);
      const kept = await parts();
      expect(kept).toBeLessThanOrEqual(3);

      await expect(blobs.put(chunks(bytes, 7_000), 2e6)).rejects.toMatchObject({ code: 'archive-too-large' });
      async function* broken() {
        yield bytes;
        throw new Error('connection lost');
      }
      await expect(blobs.put(broken(), 3e6)).rejects.toMatchObject({ code: 'request-refused' });
      expect(await parts()).toBe(kept);

      const data = Buffer.from('half');
      const upload = '00000000-0000-7000-8000-000000000000';
      await store
        .as<SubmissionTables>()
        .insertInto('submission_blob_parts')
        .values({ upload, part: 0, data })
        .execute();
      await blobs.forgetUnfinished(Date.now());
      expect(await parts()).toBe(kept);
      await blobs.delete(first?.hash ?? '');
      await blobs.delete(first?.hash ?? '');
      expect(await parts()).toBe(0);
      await expect(blobs.get(first?.hash ?? '').next()).rejects.toMatchObject({ code: 'not-found' });
    } finally {
      await store.close();
    }
  },
);
