import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PitwallError } from '@pitwall/protocol';
import { SqliteFile } from './sqlite-file.js';
import { SqliteThread } from './sqlite-thread.js';

export type Engine = 'sqlite' | 'postgres';

export const engineOf = (database: string): Engine => (/^postgres(ql)?:\/\//.test(database) ? 'postgres' : 'sqlite');

/**
 * Copies a database as it is at one moment to a new file, while others read and write it: SQLite's own `VACUUM INTO`
 * (sqlite.org/lang_vacuum.html), or PostgreSQL's `pg_dump` in its custom format.
 * @throws PitwallError `backup-failed`
 */
export async function copyDatabase(database: string, file: string): Promise<void> {
  if (engineOf(database) === 'postgres') {
    await run('pg_dump', ['--format=custom', '--no-owner', '--no-privileges', `--file=${file}`], database);
    return;
  }
  let thread: SqliteThread | undefined;
  try {
    thread = await SqliteThread.open(database);
    await thread.execute('vacuum into ?', [file]);
  } catch (cause) {
    throw failed(`the database ${database} cannot be copied`, cause);
  } finally {
    await thread?.close();
  }
}

/**
 * Puts a copy where a database is to be: `file` becomes the SQLite file `database`, or is put into an empty PostgreSQL
 * database, wholly or not at all.
 * @throws PitwallError `backup-failed`, `folder-used` where there is something already
 */
export async function putDatabase(file: string, database: string): Promise<void> {
  if (engineOf(database) === 'sqlite') {
    checkSqlite(file);
    return;
  }
  await demandEmpty(database);
  const options = ['--no-owner', '--no-privileges', '--single-transaction', '--exit-on-error'];
  await run('pg_restore', [...options, `--dbname=${variables(database).PGDATABASE}`, file], database);
}

function checkSqlite(file: string): void {
  let found: unknown;
  try {
    const copy = new SqliteFile(file, { readonly: true });
    try {
      found = (copy.execute('pragma quick_check', []).rows[0] as { quick_check?: unknown }).quick_check;
    } finally {
      copy.close();
    }
  } catch (cause) {
    throw failed('the database in the backup cannot be opened', cause);
  }
  if (found !== 'ok') throw failed(`the database in the backup is damaged (${String(found)})`);
}

async function demandEmpty(url: string): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    const tables = await client.query(
      "select 1 from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema') limit 1",
    );
    if (tables.rowCount !== 0)
      throw new PitwallError(
        'folder-used',
        'The PostgreSQL database has tables already: make an empty one (createdb) and name it with --database.',
      );
  } catch (cause) {
    if (cause instanceof PitwallError) throw cause;
    throw failed('the PostgreSQL database cannot be reached', cause);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** What PostgreSQL's programs read from the environment: a password in an argument could be read by everybody on the machine. */
function variables(url: string): Record<string, string> {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const told: Record<string, string | null> = {
    PGHOST: searchParams.get('host') ?? decodeURIComponent(hostname),
    PGPORT: port,
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    PGSSLMODE: searchParams.get('sslmode'),
  };
  return Object.fromEntries(Object.entries(told).filter((one): one is [string, string] => Boolean(one[1])));
}

async function run(program: string, options: readonly string[], url: string): Promise<void> {
  const child = spawn(program, options, {
    env: { ...process.env, ...variables(url) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw failed(`${program} ended with ${code ?? 'a signal'}: ${said.trim()}`);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw failed(`${program} is not on this machine; install PostgreSQL's client programs`, cause);
  }
}

const failed = (what: string, cause?: unknown): PitwallError => {
  const why = cause instanceof Error && !what.includes(cause.message) ? ` (${cause.message})` : '';
  return new PitwallError('backup-failed', `The backup did not succeed: ${what}${why}.`, { cause });
};
