import { type Answer, openStore, type SqliteConnection, SqliteFile, type Store } from '@pitwall/controller/store';
import type { Kernel, Program } from './kernel.js';

/** What a transaction wrote, in order. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

const isRead = (sql: string): boolean => sql.startsWith('select');
type Migrations = Parameters<typeof openStore>[1];

/**
 * A machine's SQLite file: the real one, in memory. A program that is killed leaves nothing of what it had not committed, which
 * is what SQLite promises after a crash or a power cut (sqlite.org/transactional.html) with `synchronous = FULL`. That
 * promise itself is not tried here: a commit is durable from one moment on. A disk that lies has a power cut take back the
 * last commits, whole ones: the database is then what it was after some earlier commit.
 */
export class Database {
  readonly #kernel: Kernel;
  readonly #empty: Buffer;
  #file: SqliteFile;
  #holder: Connection | undefined;
  isFull = false;
  lies = false;
  commits = 0;
  /** Before each write or commit, and after each commit: a crash may be due. */
  beforeWrite: () => void = () => undefined;
  /** What is durable from now on. */
  committed: (statements: readonly Statement[]) => void = () => undefined;
  /** All that was committed, to be done again up to some commit. */
  #history: (readonly Statement[])[] = [];
  #lyingSince: number | undefined;

  private constructor(kernel: Kernel, empty: Buffer) {
    this.#kernel = kernel;
    this.#empty = empty;
    this.#file = new SqliteFile(Buffer.from(empty), { readonly: false });
  }

  /** Tables are made once; each day begins with a copy of the empty file. */
  static async template(migrations: Migrations): Promise<(kernel: Kernel) => Database> {
    const file = new SqliteFile(':memory:', { readonly: false });
    await openStore(
      { execute: (sql, parameters) => file.execute(sql, parameters), close: () => undefined },
      migrations,
    );
    const empty = file.serialize();
    file.close();
    return (kernel) => new Database(kernel, empty);
  }

  /** As a program opens it; who held it before was killed. */
  async open(migrations: Migrations): Promise<Store> {
    this.#holder = new Connection(this, this.#kernel.current as Program);
    return await openStore(this.#holder, migrations);
  }

  /** Whoever held it was killed: what was not committed is gone. */
  released(): void {
    this.#holder = undefined;
    this.#file.execute('rollback', []);
  }

  /** @returns how many commits it lost, of those that a lying disk had said were there */
  powerCut(): number {
    this.released();
    if (this.#lyingSince === undefined) return 0;
    const kept = this.#lyingSince + this.#kernel.random.below(this.#history.length - this.#lyingSince + 1);
    const lost = this.#history.length - kept;
    this.#history = this.#history.slice(0, kept);
    this.#file.close();
    this.#file = new SqliteFile(Buffer.from(this.#empty), { readonly: false });
    for (const statements of this.#history)
      for (const { sql, parameters } of statements) this.#file.execute(sql, parameters);
    this.#lyingSince = this.lies ? kept : undefined;
    return lost;
  }

  setLying(lies: boolean): void {
    this.lies = lies;
    this.#lyingSince = lies ? this.#history.length : undefined;
  }

  close(): void {
    this.#file.close();
  }

  /** For who looks from outside. */
  read<Row>(sql: string, ...parameters: unknown[]): Row[] {
    return this.#file.execute(sql, parameters).rows as Row[];
  }

  async execute(connection: Connection, sql: string, parameters: readonly unknown[]): Promise<Answer> {
    if (connection !== this.#holder) return new Promise(() => undefined);
    if (isRead(sql) || sql === 'rollback' || sql.startsWith('begin')) {
      if (!isRead(sql)) connection.written = sql === 'rollback' ? undefined : [];
      return this.#file.execute(sql, parameters);
    }
    if (sql !== 'commit' && connection.written !== undefined) {
      this.#demandRoom(connection);
      const answer = this.#file.execute(sql, parameters);
      connection.written.push({ sql, parameters });
      return answer;
    }
    return await this.#commit(connection, sql, parameters);
  }

  /** Of a transaction, or of a statement that is one by itself: its sync takes its time. */
  async #commit(connection: Connection, sql: string, parameters: readonly unknown[]): Promise<Answer> {
    this.beforeWrite();
    await this.#time(connection, this.#kernel.chance(0.005) ? 250_000 : this.#kernel.random.between(1_000, 6_000));
    this.#demandRoom(connection);
    const answer = this.#file.execute(sql, parameters);
    const statements = connection.written ?? [{ sql, parameters }];
    connection.written = undefined;
    this.commits += 1;
    this.#history.push(statements);
    this.committed(statements);
    this.beforeWrite();
    await this.#time(connection, 100);
    return answer;
  }

  /** SQLite takes the transaction back by itself (sqlite.org/lang_transaction.html). */
  #demandRoom(connection: Connection): void {
    if (!this.isFull) return;
    this.#file.execute('rollback', []);
    connection.written = undefined;
    throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
  }

  #time({ program }: Connection, micros: number): Promise<void> {
    return new Promise((resolve) => this.#kernel.after(micros, program, resolve));
  }
}

class Connection implements SqliteConnection {
  readonly program: Program;
  /** In a transaction. */
  written: Statement[] | undefined;
  readonly #database: Database;

  constructor(database: Database, program: Program) {
    this.#database = database;
    this.program = program;
  }

  execute(sql: string, parameters: readonly unknown[]): Promise<Answer> {
    return this.#database.execute(this, sql, parameters);
  }

  close(): void {}
}
