import { createHash } from 'node:crypto';
import { PitwallError } from '@pitwall/protocol';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { SqliteFile, type Store } from '../store/index.js';

/** One row of a table: its values by column, or null where it is gone. */
export interface RowChange {
  readonly table: string;
  readonly row: number;
  readonly values: Readonly<Record<string, unknown>> | null;
}

export interface Changes {
  /** The number of the last change that is in it. */
  readonly to: number;
  /** The number of the last change that there is. */
  readonly last: number;
  readonly changes: readonly RowChange[];
}

/** Rows of one answer. */
const mostRows = 500;

/** What a standby does not copy: its own and SQLite's, what Kysely knows of migrations, and caches. */
const isCopied = (table: string): boolean =>
  !/^(sqlite_|kysely_|standby_)/.test(table) && table !== 'race_snapshots' && table !== 'controller_standby';

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The tables that are copied, and a hash of how they are made: rows are copied between equal ones alone. */
export function tablesOf(file: SqliteFile): { names: string[]; schema: string } {
  const { rows } = file.execute("select name, sql from sqlite_master where type = 'table' order by name", []);
  const tables = (rows as { name: string; sql: string }[]).filter(({ name }) => isCopied(name));
  const schema = createHash('sha256').update(JSON.stringify(tables)).digest('hex');
  return { names: tables.map(({ name }) => name), schema };
}

/**
 * Which rows of a SQLite file have changed, by triggers of SQLite itself, in the very transactions that change them. Begun when a standby comes.
 * A second connection reads rows and changes in one transaction each.
 */
export class ChangeCapture {
  readonly #store: Store;
  readonly #file: SqliteFile;
  #id: string | undefined;

  constructor(store: Store, database: string) {
    this.#store = store;
    this.#file = new SqliteFile(database, { readonly: true });
  }

  close(): void {
    this.#file.close();
  }

  /** Begins, or goes on where tables are as they were. Answers what it is called, for whoever followed it before. */
  async begin(): Promise<{ id: string; tables: string[]; schema: string; at: number }> {
    const { names, schema } = tablesOf(this.#file);
    const db = this.#store.as<never>();
    await sql`create table if not exists standby_capture (id text not null, schema text not null)`.execute(db);
    const known = await sql<{ id: string; schema: string }>`select id, schema from standby_capture`.execute(db);
    const before = known.rows[0];
    if (before?.schema === schema) this.#id = before.id;
    else this.#id = await this.#beginAnew(names, schema);
    return { id: this.#id, tables: names, schema, at: this.#last() };
  }

  async #beginAnew(names: readonly string[], schema: string): Promise<string> {
    const id = uuidv7();
    await this.#store
      .as<never>()
      .transaction()
      .execute(async (db) => {
        const run = (text: string) => sql.raw(text).execute(db);
        await run('drop table if exists standby_changes');
        // Numbers are never used again: what was told of stays told.
        await run(
          'create table standby_changes (n integer primary key autoincrement, tbl text not null, row integer not null)',
        );
        for (const name of names)
          for (const [what, of] of [
            ['insert', 'new'],
            ['update', 'new'],
            ['delete', 'old'],
          ] as const) {
            const trigger = quoted(`standby_${what}_${name}`);
            await run(`drop trigger if exists ${trigger}`);
            await run(
              `create trigger ${trigger} after ${what} on ${quoted(name)} begin insert into standby_changes (tbl, row) values ('${name}', ${of}.rowid); end`,
            );
          }
        await run('delete from standby_capture');
        await sql`insert into standby_capture values (${id}, ${schema})`.execute(db);
      });
    return id;
  }

  /** Ends where there is one: what follows it then begins anew. @param most goes on while there are not more changes kept than that */
  async end(most = -1): Promise<void> {
    const made = "select name from sqlite_master where type = 'trigger' and name like 'standby\\_%' escape '\\'";
    const triggers = this.#file.execute(made, []).rows as { name: string }[];
    if (triggers.length === 0) return;
    const { rows } = this.#file.execute('select max(n) - min(n) + 1 as kept from standby_changes', []);
    if (((rows[0] as { kept: number | null }).kept ?? 0) <= most) return;
    this.#id = undefined;
    await this.#store
      .as<never>()
      .transaction()
      .execute(async (db) => {
        for (const { name } of triggers) await sql.raw(`drop trigger ${quoted(name)}`).execute(db);
        await sql.raw('drop table standby_changes').execute(db);
        await sql.raw('drop table standby_capture').execute(db);
      });
  }

  /** Whoever follows must have begun with this one. @throws PitwallError `standby-refused` */
  demand(id: string): void {
    if (id !== this.#id)
      throw new PitwallError('standby-refused', 'What this standby followed is no more: it begins to follow anew.');
  }

  /** Rows of a table after a row, some at a time; fewer than asked for at its end. */
  rows(table: string, after: number): { rows: RowChange[]; more: boolean } {
    if (!tablesOf(this.#file).names.includes(table))
      throw new PitwallError('not-found', `There is no table ${table} to copy.`);
    const { rows } = this.#file.execute(
      `select rowid as "rowid ", * from ${quoted(table)} where rowid > ? order by rowid limit ${mostRows}`,
      [after],
    );
    return { rows: rows.map((row) => rowOf(table, row)), more: rows.length === mostRows };
  }

  /** What has changed after a change: each row once, as it is at one moment. */
  after(n: number): Changes {
    this.#file.execute('begin', []);
    try {
      const { rows } = this.#file.execute('select n, tbl, row from standby_changes where n > ? order by n limit ?', [
        n,
        mostRows,
      ]);
      const found = rows as { n: number; tbl: string; row: number }[];
      // Rows as they are now may follow from changes behind the last of these: only what is told whole is one moment.
      const changes = new Map<string, RowChange>();
      for (const { tbl, row } of found) changes.set(`${tbl} ${row}`, this.#row(tbl, row));
      return { to: found.at(-1)?.n ?? n, last: this.#last(), changes: [...changes.values()] };
    } finally {
      this.#file.execute('commit', []);
    }
  }

  /** Forgets what a standby has. */
  async forget(upTo: number): Promise<void> {
    await sql`delete from standby_changes where n <= ${upTo}`.execute(this.#store.as<never>());
  }

  #row(table: string, row: number): RowChange {
    const { rows } = this.#file.execute(`select rowid as "rowid ", * from ${quoted(table)} where rowid = ?`, [row]);
    return rows.length === 0 ? { table, row, values: null } : rowOf(table, rows[0]);
  }

  #last(): number {
    const { rows } = this.#file.execute("select seq from sqlite_sequence where name = 'standby_changes'", []);
    return (rows[0] as { seq: number } | undefined)?.seq ?? 0;
  }
}

/** A column cannot have that name: SQL's own names end in no space. */
function rowOf(table: string, found: unknown): RowChange {
  const { 'rowid ': row, ...values } = found as { 'rowid ': number };
  return { table, row, values };
}
