import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { blobStoreContract } from '@pitwall/runtime/testing';
import { expect, it } from 'vitest';
import { engines, freshDatabase } from '../../testing/databases.js';
import { allMigrations } from '../compose/migrations.js';
import { openStore } from '../store/index.js';
import { DatabaseBlobStore } from './database-blob-store.js';
import type { SubmissionTables } from './tables.js';

async function opened(engine: (typeof engines)[number]) {
  const store = await openStore(await freshDatabase(engine), allMigrations);
  const parts = async () =>
    (await store.as<SubmissionTables>().selectFrom('submission_blob_parts').select(['upload', 'part']).execute()).map(
      ({ upload, part }) => `${upload} ${part}`,
    );
  return { store, blobs: new DatabaseBlobStore(store), parts };
}

for (const engine of engines)
  blobStoreContract(engine, async () => {
    const { store, blobs, parts } = await opened(engine);
    const rows = async () =>
      (await store.as<SubmissionTables>().selectFrom('submission_blobs').select('upload').execute()).map(
        ({ upload }) => upload,
      );
    return { blobs, kept: async () => [...(await rows()), ...(await parts())].sort(), stop: () => store.close() };
  });

it.each(engines)(
  'are kept in parts of a megabyte; those of an upload that never ended are forgotten, on %s',
  async (engine) => {
    const { store, blobs, parts } = await opened(engine);
    try {
      const bytes = randomBytes(2_500_000);
      const { hash } = await blobs.put(
        Readable.from([bytes.subarray(0, 1_100_000), bytes.subarray(1_100_000)]),
        bytes.length,
      );
      const kept = await parts();
      expect(kept).toHaveLength(2);
      const upload = '00000000-0000-7000-8000-000000000000';
      await store
        .as<SubmissionTables>()
        .insertInto('submission_blob_parts')
        .values({ upload, part: 0, data: Buffer.from('half') })
        .execute();
      await blobs.forgetUnfinished(Date.now());
      expect(await parts()).toEqual(kept);
      expect((await buffer(await blobs.get(hash))).equals(bytes)).toBe(true);
    } finally {
      await store.close();
    }
  },
);
