import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Migrations, openStore, type Store } from '../src/store/index.js';

interface Tables {
  readonly laps: { readonly race: string; readonly seq: number; readonly time: number | null };
}

const migrations: Migrations = {
  'test-0001-laps': {
    up: async (db) => {
      await db.schema
        .createTable('laps')
        .addColumn('race', 'text', (column) => column.notNull())
        .addColumn('seq', 'integer', (column) => column.notNull())
        .addColumn('time', 'bigint')
        .addUniqueConstraint('laps_race_seq', ['race', 'seq'])
        .execute();
    },
  },
};
const later: Migrations = {
  // Sorted before the other: folders add theirs independently of one another.
  'another-0001-cars': {
    up: async (db) => {
      await db.schema.createTable('cars').addColumn('id', 'text').execute();
    },
  },
};

/** What a {@link Store} promises, on any engine. */
export function storeContract(
  name: string,
  /** A database of its own, empty: what `openStore` takes. */
  fresh: () => Promise<string>,
  /** false: it is gone with whoever has it open. */
  { outlivesUs = true }: { readonly outlivesUs?: boolean } = {},
): void {
  describe(`a store in ${name}`, () => {
    let database: string;
    let store: Store;

    beforeEach(async () => {
      database = await fresh();
      store = await openStore(database, [migrations]);
    });
    afterEach(() => store.close());

    const add = (seq: number, time: number | null = seq) =>
      store.as<Tables>().insertInto('laps').values({ race: 'a', seq, time }).execute();
    const seqs = async (of: Store = store) => {
      const rows = await of.reading<Tables>().selectFrom('laps').select('seq').orderBy('seq').execute();
      return rows.map(({ seq }) => seq);
    };

    it('gives numbers back as numbers, to the last one that is exact, and null as null', async () => {
      await add(1, Number.MAX_SAFE_INTEGER);
      await add(2, 0);
      await add(3, null);
      const rows = await store.reading<Tables>().selectFrom('laps').selectAll().orderBy('seq').execute();
      expect(rows.map(({ time }) => time)).toEqual([9_007_199_254_740_991, 0, null]);
    });

    it('takes each row once, of two who come at the same time', async () => {
      const results = await Promise.allSettled([add(1, 10), add(1, 20)]);
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await seqs()).toEqual([1]);
    });

    it('says how many rows it changed', async () => {
      for (const seq of [1, 2, 3]) await add(seq);
      const { numUpdatedRows } = await store
        .as<Tables>()
        .updateTable('laps')
        .set({ time: 0 })
        .where('seq', '>', 1)
        .executeTakeFirst();
      expect(numUpdatedRows).toBe(2n);
    });

    it('undoes a transaction that fails, and goes on with the next', async () => {
      const failing = store
        .as<Tables>()
        .transaction()
        .execute(async (inside) => {
          await inside.insertInto('laps').values({ race: 'a', seq: 1, time: 1 }).execute();
          await sql`insert into nowhere values (1)`.execute(inside);
        });
      const [failed, added] = await Promise.allSettled([failing, add(2)]);
      expect([failed.status, added.status]).toEqual(['rejected', 'fulfilled']);
      expect(await seqs()).toEqual([2]);
    });

    it('keeps each of many transactions whole', async () => {
      const move = async (by: number) =>
        store
          .as<Tables>()
          .transaction()
          .execute(async (inside) => {
            for (const seq of [1, 2]) {
              const time = sql<number>`time + ${seq === 1 ? by : -by}`;
              await inside.updateTable('laps').set({ time }).where('seq', '=', seq).execute();
            }
          });
      await add(1, 100);
      await add(2, 100);
      await Promise.all(Array.from({ length: 20 }, (_, by) => move(by)));
      const rows = await store.reading<Tables>().selectFrom('laps').select('time').orderBy('seq').execute();
      expect(rows.map(({ time }) => time)).toEqual([290, -90]);
    });

    it('is closed as often as one likes, and says so to whoever comes later', async () => {
      await add(1);
      await Promise.all([store.close(), store.close()]);
      await store.close();
      await expect(add(2)).rejects.toThrow();
      await expect(seqs()).rejects.toThrow();
    });

    if (!outlivesUs) return;

    it('keeps what was committed, and migrates once', async () => {
      await add(1);
      await store.close();
      store = await openStore(database, [migrations, later]);
      expect(await seqs()).toEqual([1]);
      await add(2);
      await store.close();
      store = await openStore(database, [later, migrations]);
      expect(await seqs()).toEqual([1, 2]);
    });

    it('is brought up to date once by two who open it at the same time', async () => {
      const empty = await fresh();
      const two = await Promise.all([openStore(empty, [migrations]), openStore(empty, [migrations])]);
      expect(await Promise.all(two.map(seqs))).toEqual([[], []]);
      await Promise.all(two.map((one) => one.close()));
    });

    it('reads what is committed without waiting for who writes, and nothing else', async () => {
      await store
        .as<Tables>()
        .transaction()
        .execute(async (inside) => {
          await inside.insertInto('laps').values({ race: 'a', seq: 1, time: 1 }).execute();
          expect(await seqs()).toEqual([]);
        });
      expect(await seqs()).toEqual([1]);
    });
  });
}

/** What opening promises where there is nothing to open. */
export function refusedStoreContract(name: string, database: string): void {
  it(`says what to do about ${name}`, async () => {
    await expect(openStore(database, [migrations])).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringMatching(/; check .+\.$/),
    });
  });
}
