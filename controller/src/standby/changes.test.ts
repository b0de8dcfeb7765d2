import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { openStore, SqliteFile } from '../store/index.js';
import { ChangeCapture } from './changes.js';
import { DatabaseCopy } from './copy.js';

const migrations = {
  'test-0001': {
    up: async (db: never) => {
      // As tables here are: some with a key of text, some with two columns, one without any, one that needs another.
      for (const text of [
        'create table people (id text primary key, name text unique)',
        'create table laps (race text not null, seq bigint not null, time bigint, primary key (race, seq))',
        'create table notes (text text)',
        'create table pets (id text primary key, owner text references people (id) on delete cascade)',
      ])
        await sql.raw(text).execute(db);
    },
  },
};

type Change =
  | { readonly do: 'put' | 'drop' | 'rename' | 'swap'; readonly a: number; readonly b: number }
  | { readonly do: 'lap' | 'note' | 'clear' | 'pet'; readonly a: number; readonly b: number };

const change: fc.Arbitrary<Change> = fc.record({
  do: fc.constantFrom<Change['do']>('put', 'drop', 'rename', 'swap', 'lap', 'lap', 'note', 'clear', 'pet'),
  a: fc.nat(5),
  b: fc.nat(5),
});

function statements({ do: what, a, b }: Change): string[] {
  switch (what) {
    case 'put':
      return [`insert into people values ('p${a}', 'n${b}') on conflict do nothing`];
    case 'drop':
      return [`delete from people where id = 'p${a}'`];
    case 'rename':
      return [`update or ignore people set name = 'n${b}' where id = 'p${a}'`];
    case 'swap':
      return [
        `update people set name = 'free' where id = 'p${a}'`,
        `update or ignore people set name = 'n${a}' where id = 'p${b}'`,
        `update people set name = null where name = 'free'`,
      ];
    case 'lap':
      return [
        `insert into laps values ('r${a}', ${b}, ${a * b}) on conflict (race, seq) do update set time = time + 1`,
      ];
    case 'note':
      return [`insert into notes values ('n${a}')`];
    case 'clear':
      return [`delete from notes where text = 'n${a}'`];
    case 'pet':
      return [`insert into pets select 'pet${b}', id from people where id = 'p${a}' on conflict do nothing`];
  }
}

const all = (file: SqliteFile) =>
  ['people', 'laps', 'notes', 'pets'].map(
    (table) => file.execute(`select rowid, * from ${table} order by rowid`, []).rows,
  );

function copyOf(database: string, query: string): unknown[] {
  const file = new SqliteFile(database, { readonly: true });
  try {
    return file.execute(query, []).rows;
  } finally {
    file.close();
  }
}

it('a copy that begins at any moment and lags as it likes is the database in the end, whatever was changed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { maxLength: 20 }),
      fc.array(fc.tuple(change, fc.constantFrom('now', 'later')), { maxLength: 40 }),
      async (before, after) => {
        const folder = mkdtempSync(join(tmpdir(), 'pitwall-changes-'));
        const [from, to] = [join(folder, 'from.db'), join(folder, 'to.db')];
        const store = await openStore(from, [migrations as never]);
        await (await openStore(to, [migrations as never])).close();
        const make = async (one: Change) => {
          for (const text of statements(one)) await sql.raw(text).execute(store.as<never>());
        };
        const capture = new ChangeCapture(store, from);
        const copyFile = new SqliteFile(to, { readonly: false });
        try {
          for (const one of before) await make(one);
          const { id, tables, at } = await capture.begin();
          const copy = new DatabaseCopy(copyFile);
          copy.empty(tables);
          const catchUp = () => {
            for (let n = copy.progress?.n ?? at; ; ) {
              const { to: next, last, changes } = capture.after(n);
              copy.write(changes, { capture: id, n: next });
              n = next;
              if (n >= last) return;
            }
          };
          // Tables are copied while others write.
          for (const [index, table] of tables.entries()) {
            const [one] = after[index] ?? [];
            if (one !== undefined) await make(one);
            copy.write(capture.rows(table, Number.MIN_SAFE_INTEGER).rows);
          }
          copy.write([], { capture: id, n: at });
          for (const [one, when] of after.slice(tables.length)) {
            await make(one);
            if (when === 'now') catchUp();
          }
          catchUp();
          const original = new SqliteFile(from, { readonly: true });
          expect(all(copyFile)).toEqual(all(original));
          original.close();
          expect(copyFile.execute('pragma foreign_key_check', []).rows).toEqual([]);
          await capture.forget(copy.progress?.n ?? 0);
          expect(capture.after(0).changes).toEqual([]);
          await make({ do: 'note', a: 0, b: 0 });
          // Kept as long as there are not too many; then nothing of it is left in the database.
          await capture.end(1);
          expect(capture.after(0).changes).toHaveLength(1);
          await capture.end(0);
          const left = copyOf(from, "select count(*) as left from sqlite_master where name like 'standby%'");
          expect(left).toEqual([{ left: 0 }]);
          expect(() => capture.demand(id)).toThrow('anew');
          expect((await capture.begin()).id).not.toBe(id);
        } finally {
          capture.close();
          copyFile.close();
          await store.close();
        }
      },
    ),
    { numRuns: 60 },
  );
});
