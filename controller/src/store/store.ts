import { PitwallError } from '@pitwall/protocol';
import Database from 'better-sqlite3';
import { Kysely, type Migration, Migrator, PostgresDialect, SqliteDialect } from 'kysely';
import pg from 'pg';

/**
 * A folder's tables, as migrations in order. Names are `folder-0001-what`; they run sorted by name, once each.
 * The portable subset: TEXT, INTEGER (bigint on PostgreSQL) below 2^53, JSON as TEXT, 0/1 for truth, epoch ms.
 */
export type Migrations = Readonly<Record<string, Migration>>;

/** One database. A folder sees it through its own tables: `store.as<RaceTables>()`. */
export class Store {
  readonly engine: 'sqlite' | 'postgres';
  readonly #db: Kysely<unknown>;

  constructor(engine: 'sqlite' | 'postgres', db: Kysely<unknown>) {
    this.engine = engine;
    this.#db = db;
  }

  as<Tables>(): Kysely<Tables> {
    return this.#db as Kysely<Tables>;
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }
}

/** An embedded file (`pitwall.db`, `:memory:`) or an engine outside (`postgres://…`), migrated to today's tables. */
export async function openStore(database: string, migrations: readonly Migrations[]): Promise<Store> {
  const store = /^postgres(ql)?:\/\//.test(database) ? openPostgres(database) : openSqlite(database);
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

function openSqlite(file: string): Store {
  let database: Database.Database;
  try {
    database = new Database(file);
    database.pragma('journal_mode = WAL');
    // A commit is on disk before it is acknowledged: WAL alone does not sync each one.
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    database.pragma('busy_timeout = 5000');
  } catch (cause) {
    throw unavailable(cause, `file ${file}`);
  }
  return new Store('sqlite', new Kysely({ dialect: new SqliteDialect({ database }) }));
}

function openPostgres(url: string): Store {
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
