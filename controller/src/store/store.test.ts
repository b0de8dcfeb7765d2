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

it('reads what is committed without waiting for who writes, and nothing else', async () => {
  const store = await openStore(join(mkdtempSync(join(tmpdir(), 'pitwall-store-')), 'a.db'), [migrations]);
  const count = async () => {
    const rows = await store.reading<{ laps: { time: number } }>().selectFrom('laps').select('time').execute();
    return rows.length;
  };
  await store
    .as<{ laps: { time: number } }>()
    .transaction()
    .execute(async (db) => {
      await db.insertInto('laps').values({ time: 1 }).execute();
      expect(await count()).toBe(0);
    });
  expect(await count()).toBe(1);
  await expect(
    sql`insert into laps values (2)`.execute(store.reading()).catch(({ code }) => Promise.reject(new Error(code))),
  ).rejects.toThrow('SQLITE_READONLY');
  await store.close();
});

it('undoes a transaction that fails, and goes on with the next', async () => {
  const store = await openStore(join(mkdtempSync(join(tmpdir(), 'pitwall-store-')), 'a.db'), [migrations]);
  const db = store.as<{ laps: { time: number } }>();
  const add = (time: number | null) => db.insertInto('laps').values({ time: time as number });
  const failing = db.transaction().execute(async (inside) => {
    await inside.insertInto('laps').values({ time: 1 }).execute();
    await sql`insert into nowhere values (1)`.execute(inside);
  });
  const [failed] = await Promise.allSettled([failing, add(2).execute()]);
  expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'SQLITE_ERROR', message: /no such table/ } });
  expect(await db.selectFrom('laps').select('time').execute()).toEqual([{ time: 2 }]);
  await store.close();
});

it('says what to do about a file that cannot be opened', async () => {
  await expect(openStore('/nowhere/at/all.db', [])).rejects.toMatchObject({ code: 'store-unavailable' });
});
