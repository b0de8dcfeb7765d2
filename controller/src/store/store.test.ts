import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { engines, freshDatabase } from '../../testing/databases.js';
import { refusedStoreContract, storeContract } from '../../testing/store-contract.js';
import { openStore } from './index.js';

for (const engine of engines) {
  storeContract(engine === 'sqlite' ? 'a SQLite file' : 'PostgreSQL', () => freshDatabase(engine));
}
storeContract('memory', async () => ':memory:', { outlivesUs: false });

refusedStoreContract('a file that cannot be opened', '/nowhere/at/all.db');
refusedStoreContract('a server that is not there', 'postgres://nobody@127.0.0.1:1/nothing');

it('syncs every commit of a SQLite file', async () => {
  const store = await openStore(await freshDatabase('sqlite'), []);
  const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(store.as());
  expect(rows[0]?.synchronous).toBe(2);
  await store.close();
});

it('lets nobody write to a SQLite file who only reads', async () => {
  const store = await openStore(await freshDatabase('sqlite'), []);
  await expect(sql`create table laps (time integer)`.execute(store.reading())).rejects.toMatchObject({
    code: 'SQLITE_READONLY',
  });
  await store.close();
});
