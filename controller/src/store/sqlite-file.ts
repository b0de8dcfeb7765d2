import { chmodSync } from 'node:fs';
import Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';

/** What a statement gave: its rows, or how many it changed. */
export interface Answer {
  readonly rows: unknown[];
  readonly changes: number | undefined;
}

/** Statements kept ready for the next time; more are forgotten, the longest unused first. */
const mostPrepared = 200;
/** Pages kept in memory, KiB. */
const cache = 32_000;

/** An open SQLite file: each statement is done at once, in the thread that asks. */
export class SqliteFile {
  readonly #database: Database.Database;
  readonly #prepared = new LRUCache<string, Database.Statement<unknown[]>>({ max: mostPrepared });

  /** @param file its path, or its content, which stays in memory. @throws what SQLite says of a file that cannot be opened. */
  constructor(file: string | Buffer, { readonly }: { readonly: boolean }) {
    this.#database = new Database(file, { readonly });
    // Whoever only reads takes the rest as the writer left it in the file.
    if (!readonly) {
      this.#database.pragma('journal_mode = WAL');
      // Sessions, addresses and the digests of tokens are nobody else's; the files beside it get what it has (sqlite.org/wal.html).
      if (typeof file === 'string' && file !== ':memory:') chmodSync(file, 0o600);
      // A commit is on disk before it is acknowledged: WAL alone does not sync each one.
      this.#database.pragma('synchronous = FULL');
      this.#database.pragma('foreign_keys = ON');
      // What is deleted is overwritten, not only forgotten (sqlite.org/pragma.html#pragma_secure_delete).
      this.#database.pragma('secure_delete = ON');
    }
    this.#database.pragma('busy_timeout = 5000');
    this.#database.pragma(`cache_size = -${cache}`);
  }

  execute(sql: string, parameters: readonly unknown[]): Answer {
    // SQLite itself takes back a transaction that found the disk full; undoing it again is an error that would hide the
    // first one, and harmless (sqlite.org/lang_transaction.html, "Response To Errors Within A Transaction").
    if (sql === 'rollback' && !this.#database.inTransaction) return { rows: [], changes: 0 };
    const statement = this.#prepare(sql);
    if (statement.reader) return { rows: statement.all(...parameters), changes: undefined };
    return { rows: [], changes: statement.run(...parameters).changes };
  }

  /** Its content, as {@link SqliteFile} takes it. */
  serialize(): Buffer {
    return this.#database.serialize();
  }

  close(): void {
    this.#database.close();
  }

  #prepare(sql: string): Database.Statement<unknown[]> {
    const statement = this.#prepared.get(sql) ?? this.#database.prepare<unknown[]>(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}
