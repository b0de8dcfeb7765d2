import type { TestProject } from 'vitest/node';
import { startPostgres } from './cluster.js';

/** Gives the tests of a project a PostgreSQL server; where none is installed they say that they skip. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startPostgres({ durable: false });
  if (cluster === undefined) {
    if (process.env.CI === 'true') throw new Error('PostgreSQL is not installed: apt-get install postgresql');
    console.log('PostgreSQL is not installed: tests run on SQLite only (apt-get install postgresql).');
  }
  project.provide('postgres' as never, cluster?.url as never);
  return async () => await cluster?.stop();
}
