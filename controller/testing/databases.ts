import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';

export type Engine = 'sqlite' | 'postgres';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the tests' PostgreSQL server is; undefined where none is installed. */
    postgres: string | undefined;
  }
}

/** The engines that are here to test on. */
export const engines: readonly Engine[] = inject('postgres') === undefined ? ['sqlite'] : ['sqlite', 'postgres'];

/** A database of its own on the engine, empty: what `openStore` takes. */
export async function freshDatabase(engine: Engine): Promise<string> {
  if (engine === 'sqlite') return join(mkdtempSync(join(tmpdir(), 'pitwall-store-')), 'pitwall.db');
  const url = new URL(inject('postgres') as string);
  const name = `t${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  url.pathname = `/${name}`;
  return url.href;
}
