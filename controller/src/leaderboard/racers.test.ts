import { queryObjects } from 'node:v8';
import type { Kysely } from 'kysely';
import { describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../testing/databases.js';
import { allMigrations } from '../compose/migrations.js';
import { openStore } from '../store/index.js';
import { BoardWatch } from './change-watch.js';
import { Leaderboards } from './index.js';

describe.each(engines)('on %s', (engine) => {
  it('racers of before keep ids and aliases, also such as are not issued any more, and hold their names', async () => {
    const database = await freshDatabase(engine);
    const before = allMigrations.map((all) =>
      Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'leaderboard-0007-alias-looks')),
    );
    const old = await openStore(database, before);
    const row = (id: string, alias: string, created_at: number) => ({
      id,
      alias,
      alias_key: alias.normalize('NFKC').toLowerCase(),
      country: null,
      division: null,
      merged_into: null,
      created_at,
    });
    const rows = [row('anna', 'Anna', 1), row('anna-2', '\u0410nna', 2), row('racer', '\u200B', 3)];
    await (old.as() as Kysely<{ leaderboard_racers: (typeof rows)[0] }>)
      .insertInto('leaderboard_racers')
      .values(rows)
      .execute();
    await old.close();
    const store = await openStore(database, allMigrations);
    const { racers } = new Leaderboards(store);
    for (const { id, alias } of rows) expect(await racers.get(id)).toMatchObject({ racer: id, alias });
    await expect(racers.issue({ alias: 'ANNA' }, 'olga')).rejects.toMatchObject({
      code: 'alias-taken',
      message: expect.stringContaining('racer anna;'),
    });
    expect((await racers.issue({ alias: 'Anna 2' }, 'olga')).racer).toMatch(/^r-/);
    await store.close();
  });
});

it('who follows boards that there are not leaves nothing behind', async () => {
  const store = await openStore(':memory:', allMigrations);
  const leaderboards = new Leaderboards(store);
  const signal = new AbortController().signal;
  for (let board = 0; board < 200; board += 1)
    await expect(leaderboards.follow(`rnd-${board}`, 0, signal).next()).rejects.toMatchObject({ code: 'not-found' });
  expect(queryObjects(BoardWatch, { format: 'count' })).toBe(0);
  await store.close();
});
