import type { SqliteFile } from '../store/index.js';
import type { RowChange } from './changes.js';

/** How far a copy is: which capture it follows, and up to which change. */
export interface Progress {
  readonly capture: string;
  readonly n: number;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The database of a standby, which is written row by row as the controller's is; its tables are made by the same migrations. */
export class DatabaseCopy {
  readonly #file: SqliteFile;

  constructor(file: SqliteFile) {
    this.#file = file;
    // Rows come in the order in which they changed, not in that in which they need each other; where they come from, they were checked.
    this.#run('pragma foreign_keys = OFF');
    this.#run('create table if not exists standby_progress (capture text not null, n integer not null)');
  }

  get progress(): Progress | undefined {
    return this.#file.execute('select capture, n from standby_progress', []).rows[0] as Progress | undefined;
  }

  /** Empty, before everything is copied anew. */
  empty(tables: readonly string[]): void {
    this.#atOnce(() => {
      this.#run('delete from standby_progress');
      for (const table of tables) this.#run(`delete from ${quoted(table)}`);
    });
  }

  /** All or nothing, on disk when it returns; `progress` with it. */
  write(changes: readonly RowChange[], progress?: Progress): void {
    this.#atOnce(() => {
      for (const change of changes) this.#put(change);
      if (progress === undefined) return;
      this.#run('delete from standby_progress');
      this.#run('insert into standby_progress values (?, ?)', [progress.capture, progress.n]);
    });
  }

  /** It is a controller's from now on, of the next term. Answers that. */
  promote(): number {
    return this.#atOnce(() => {
      const row = this.#file.execute('select term from controller_term', []).rows[0] as { term: number } | undefined;
      const term = (row?.term ?? 1) + 1;
      this.#run('delete from controller_term');
      this.#run('insert into controller_term (id, term) values (1, ?)', [term]);
      this.#run('drop table standby_progress');
      return term;
    });
  }

  #put({ table, row, values }: RowChange): void {
    if (values === null) {
      this.#run(`delete from ${quoted(table)} where rowid = ?`, [row]);
      return;
    }
    // Whatever has its unique values now has others by the end of the same changes.
    const columns = Object.keys(values);
    const names = ['rowid', ...columns.map(quoted)].join(', ');
    const places = columns.map(() => '?').join(', ');
    this.#run(`insert or replace into ${quoted(table)} (${names}) values (?, ${places})`, [
      row,
      ...Object.values(values),
    ]);
  }

  #atOnce<T>(work: () => T): T {
    this.#run('begin immediate');
    try {
      const result = work();
      this.#run('commit');
      return result;
    } catch (error) {
      this.#run('rollback');
      throw error;
    }
  }

  #run(text: string, parameters: readonly unknown[] = []): void {
    this.#file.execute(text, parameters);
  }
}
