import { PitwallError } from '@pitwall/protocol';
import { Kysely, type Migration, Migrator, PostgresDialect, sql } from 'kysely';
import { type SqliteConnection, sqliteDialect } from './sqlite-dialect.js';
import { SqliteFile } from './sqlite-file.js';
import { SqliteThread } from './sqlite-thread.js';

/**
 * A folder's tables, as migrations in order. Names are `folder-0001-what`; they run sorted by name, once each.
 * The portable subset: TEXT, INTEGER (bigint on PostgreSQL) below 2^53, JSON as TEXT, 0/1 for truth, epoch ms.
 */
export type Migrations = Readonly<Record<string, Migration>>;

/** One database. A folder sees it through its own tables: `store.as<RaceTables>()`. */
export class Store {
  readonly engine: 'sqlite' | 'postgres';
  readonly #db: Kysely<unknown>;
  readonly #reading: Kysely<unknown>;
  /** A file that nobody has read from yet is one that Kysely does not close. */
  readonly #readFile: SqliteFile | undefined;

  constructor(
    engine: 'sqlite' | 'postgres',
    db: Kysely<unknown>,
    reading?: { readonly db: Kysely<unknown>; readonly file: SqliteFile },
  ) {
    this.engine = engine;
    this.#db = db;
    this.#reading = reading?.db ?? db;
    this.#readFile = reading?.file;
  }

  as<Tables>(): Kysely<Tables> {
    return this.#db as Kysely<Tables>;
  }

  /** For reads alone: sees what is committed, and waits for nobody who writes. */
  reading<Tables>(): Kysely<Tables> {
    return this.#reading as Kysely<Tables>;
  }

  /**
   * What was deleted or overwritten goes from the disk as well, as far as the engine lets us say when: SQLite zeroes it in its file, and its
   * log of changes is emptied here; PostgreSQL reuses the room by itself, after its next vacuum.
   */
  async scrub(): Promise<void> {
    if (this.engine === 'sqlite') await sql`pragma wal_checkpoint(truncate)`.execute(this.#db);
  }

  /** Idempotent; who comes later is refused. */
  async close(): Promise<void> {
    if (this.#reading !== this.#db) await this.#reading.destroy();
    this.#readFile?.close();
    await this.#db.destroy();
  }
}

/**
 * An embedded file (`pitwall.db`, `:memory:`), a connection to one, or an engine outside (`postgres://…`), migrated to today's tables.
 */
export async function openStore(
  database: string | SqliteConnection,
  migrations: readonly Migrations[],
): Promise<Store> {
  const store = await openDatabase(database);
  const migrator = new Migrator({
    db: store.as(),
    provider: { getMigrations: async () => Object.assign({}, ...migrations) as Record<string, Migration> },
    // Folders add migrations independently of one another.
    allowUnorderedMigrations: true,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    await store.close();
    throw unavailable(error);
  }
  return store;
}

async function openDatabase(database: string | SqliteConnection): Promise<Store> {
  if (typeof database !== 'string') return new Store('sqlite', new Kysely({ dialect: sqliteDialect(database) }));
  return /^postgres(ql)?:\/\//.test(database) ? await openPostgres(database) : await openSqlite(database);
}

/** Writes in a thread of its own; reads here, where finding a few rows takes less than asking somebody else to. */
async function openSqlite(file: string): Promise<Store> {
  const over = (connection: Parameters<typeof sqliteDialect>[0]) => new Kysely({ dialect: sqliteDialect(connection) });
  try {
    if (file === ':memory:') return new Store('sqlite', over(new SqliteFile(file, { readonly: false })));
    const writing = over(await SqliteThread.open(file));
    const reading = new SqliteFile(file, { readonly: true });
    return new Store('sqlite', writing, { db: over(reading), file: reading });
  } catch (cause) {
    throw unavailable(cause, `file ${file}`);
  }
}

/** Its client is loaded for those who have such an engine: all others start 0.1 s sooner. */
async function openPostgres(url: string): Promise<Store> {
  const { default: pg } = await import('pg');
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({ connectionString: url, types, max: 10 });
  // An idle connection that breaks is replaced by the pool; unheard, its event would end the process.
  pool.on('error', () => undefined);
  return new Store('postgres', new Kysely({ dialect: new PostgresDialect({ pool }) }));
}

function unavailable(cause: unknown, where = 'server'): PitwallError {
  return new PitwallError(
    'store-unavailable',
    `The database (${where}) cannot be opened or brought up to date; check that it exists, is writable, and has room.`,
    { cause },
  );
}
