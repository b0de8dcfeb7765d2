import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Answer } from './sqlite-file.js';

/** Where a SQLite file is: in this thread, or in one of its own. */
export interface SqliteConnection {
  execute(sql: string, parameters: readonly unknown[]): Answer | Promise<Answer>;
  close(): void | Promise<void>;
}

/** Kysely over one connection to SQLite. */
export const sqliteDialect = (connection: SqliteConnection): Dialect => ({
  createDriver: () => new SqliteDriver(connection),
  createQueryCompiler: () => new SqliteQueryCompiler(),
  createAdapter: () => new Adapter(),
  createIntrospector: (db) => new SqliteIntrospector(db),
});

/** Migrations are one transaction, so that of two processes that open a fresh file one makes the tables, and the other finds them. */
class Adapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class Connection implements DatabaseConnection {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { rows, changes } = await this.#connection.execute(sql, parameters);
    return { rows: rows as Row[], ...(changes === undefined ? {} : { numAffectedRows: BigInt(changes) }) };
  }

  // biome-ignore lint/correctness/useYield: answers are pages; nobody streams
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('Read page by page.');
  }
}

/** One connection, held by one transaction or statement at a time, in the order in which they came. */
class SqliteDriver implements Driver {
  readonly #sqlite: SqliteConnection;
  readonly #connection: Connection;
  readonly #waiting: (() => void)[] = [];
  #held = false;

  constructor(connection: SqliteConnection) {
    this.#sqlite = connection;
    this.#connection = new Connection(connection);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<Connection> {
    if (this.#held) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#held = true;
    return this.#connection;
  }

  /** Goes straight to who waits longest. */
  async releaseConnection(): Promise<void> {
    const next = this.#waiting.shift();
    if (next === undefined) this.#held = false;
    else next();
  }

  /**
   * With the lock for writing from the beginning, for which SQLite waits: one that reads first and writes then fails at once where
   * another process has written meanwhile (sqlite.org/isolation.html; sqlite.org/rescode.html, SQLITE_BUSY_SNAPSHOT).
   */
  async beginTransaction(connection: Connection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  async commitTransaction(connection: Connection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: Connection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async destroy(): Promise<void> {
    await this.#sqlite.close();
  }
}
