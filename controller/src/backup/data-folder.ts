import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { isBlobName } from './backup-file.js';
import type { SecretFile } from './sealed-files.js';

export interface DataPlaces {
  /** The data folder. */
  readonly data: string;
  /** A SQLite file or `postgres://…`. */
  readonly database: string;
}

/** Large, and can be done without: recordings and videos of runs. */
const leftOut = 'run-recordings/';

/** Files of the data folder, with `/`, but for the database and what is unfinished (its name begins with a dot). */
export async function filesOf({ data, database }: DataPlaces): Promise<string[]> {
  const own = resolve(database);
  const ofDatabase = new Set([own, `${own}-wal`, `${own}-shm`, `${own}-journal`]);
  const found = await readdir(data, { recursive: true, withFileTypes: true });
  return found
    .filter((one) => one.isFile() && !ofDatabase.has(resolve(one.parentPath, one.name)))
    .map((one) => relative(data, join(one.parentPath, one.name)).split(sep).join('/'))
    .filter((path) => !path.startsWith(leftOut) && !path.split('/').some((part) => part.startsWith('.')))
    .sort();
}

/** Whether only its owner may read a file that is no blob. */
export async function isSecret(file: string): Promise<boolean> {
  if (isBlobName(file.split(sep).at(-1) ?? '')) return false;
  return ((await stat(file)).mode & 0o077) === 0;
}

export async function secretsOf(options: DataPlaces): Promise<SecretFile[]> {
  const secrets: SecretFile[] = [];
  for (const path of await filesOf(options)) {
    const file = join(options.data, path);
    if (await isSecret(file)) secrets.push({ path, bytes: await readFile(file) });
  }
  return secrets;
}
