import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Accounts, type Principal } from '@pitwall/controller/accounts';
import { allMigrations } from '@pitwall/controller/migrations';
import { openStore } from '@pitwall/controller/store';

/** One at a time: SQLite's driver blocks the process, so that two connections in one would wait for each other. */
let before: Promise<unknown> = Promise.resolve();

/** What `pitwall token issue` prints for a controller with its data in this folder, without the time that a process takes. */
export function issueToken(
  data: string,
  role: Principal['role'],
  name: string,
  database = join(data, 'pitwall.db'),
): Promise<string> {
  const issued = before.then(async () => {
    mkdirSync(data, { recursive: true });
    const store = await openStore(database, allMigrations);
    try {
      return await new Accounts(store).issue({ role, name });
    } finally {
      await store.close();
    }
  });
  before = issued.catch(() => undefined);
  return issued;
}
