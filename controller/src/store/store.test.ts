import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { openStore } from './index.js';

const migrations = {
  'test-0001-laps': {
    up: async (db: import('kysely').Kysely<never>) => {
      await db.schema.createTable('laps').addColumn('time', 'bigint').execute();
    },
  },
};

it('keeps what was committed, and migrates once', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'pitwall-store-')), 'a.db');
  for (const expected of [1, 2]) {
    const store = await openStore(file, [migrations]);
    const db = store.as<{ laps: { time: number } }>();
    await db.insertInto('laps').values({ time: 9_007_199_254_740_991 }).execute();
    expect(await db.selectFrom('laps').select('time').execute()).toHaveLength(expected);
    await store.close();
  }
});

it('syncs every commit', async () => {
  const store = await openStore(join(mkdtempSync(join(tmpdir(), 'pitwall-store-')), 'a.db'), []);
  const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(store.as());
  expect(rows[0]?.synchronous).toBe(2);
  await store.close();
});

it('says what to do about a file that cannot be opened', async () => {
  await expect(openStore('/nowhere/at/all.db', [])).rejects.toMatchObject({ code: 'store-unavailable' });
});
