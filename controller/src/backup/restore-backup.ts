import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { PitwallError, parseJson, type Sha256 } from '@pitwall/protocol';
import { extract, type Header } from 'tar-stream';
import { engineOf, putDatabase } from '../store/index.js';
import { BackupContents, type Entry, entryNames, usualDatabase } from './backup-file.js';
import { openSealed, type SecretFile } from './sealed-files.js';

export interface RestoreOptions {
  /** The data folder that is made: none yet, or an empty one. */
  readonly data: string;
  /** An empty PostgreSQL database, or a SQLite file; by default `pitwall.db` in the data folder. */
  readonly database?: string | undefined;
}

/** Small entries that are read whole have at most so many bytes. */
const mostInMemory = 64 * 2 ** 20;

/**
 * Makes a data folder of a backup, on this machine or another, wholly or not at all: everything is read and compared with the
 * backup's own contents before anything is where a controller would find it.
 * @throws PitwallError `backup-invalid`, `passphrase-refused`, `folder-used`, `backup-failed`
 */
export async function restore(file: string, options: RestoreOptions, passphrase: string): Promise<BackupContents> {
  const data = resolve(options.data);
  await demandEmpty(data);
  await mkdir(dirname(data), { recursive: true });
  const scratch = await mkdtemp(join(dirname(data), `.${basename(data)}-`));
  try {
    const contents = await unpack(file, scratch, passphrase);
    const copy = join(scratch, usualDatabase);
    const { database = join(data, usualDatabase) } = options;
    const engine = engineOf(database);
    if (engine !== contents.engine)
      throw new PitwallError(
        'backup-invalid',
        contents.engine === 'postgres'
          ? 'The backup is of a PostgreSQL database: name an empty one with --database postgres://….'
          : 'The backup is of a SQLite database; it cannot be put into PostgreSQL: leave --database away.',
      );
    await putDatabase(copy, database);
    if (engine === 'postgres') await rm(copy);
    else if (resolve(database) !== join(data, usualDatabase)) await rename(copy, database);
    await rmdir(data).catch(() => undefined);
    await rename(scratch, data);
    return contents;
  } catch (error) {
    await rm(scratch, { recursive: true, force: true });
    throw error;
  }
}

async function demandEmpty(data: string): Promise<void> {
  const there = await readdir(data).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new PitwallError(
      'folder-used',
      `${data} cannot be used (${error.message}): name a folder that is not there yet.`,
    );
  });
  if (there.length > 0)
    throw new PitwallError(
      'folder-used',
      `${data} has files already: name a folder that is not there yet, or is empty.`,
    );
}

/** Reads the tar file to its end. The database lies in `folder` then, under its usual name, and all files where they belong. */
async function unpack(file: string, folder: string, passphrase: string): Promise<BackupContents> {
  const entries: Entry[] = [];
  let secrets: SecretFile[] | undefined;
  let contents: BackupContents | undefined;
  const tar = extract();
  const source = createReadStream(file, { highWaterMark: 2 ** 18 });
  source.on('error', (error) => tar.destroy(error));
  source.pipe(tar);
  try {
    for await (const entry of tar) {
      const { header } = entry;
      if (header.type !== 'file' || contents !== undefined)
        throw invalid(`has something unknown in it (${header.name})`);
      if (header.name === entryNames.contents) {
        const { bytes } = await whole(bytesOf(entry), header);
        contents = parseJson(BackupContents, bytes.toString('utf8'), 'The contents of the backup', 'backup-invalid');
      } else if (header.name === entryNames.sealed) {
        const { bytes, entry: read } = await whole(bytesOf(entry), header);
        entries.push(read);
        secrets = await openSealed(bytes, passphrase);
      } else entries.push(await toFile(bytesOf(entry), header, join(folder, placeOf(header.name))));
    }
  } catch (error) {
    if (error instanceof PitwallError) throw error;
    throw invalid('cannot be read to its end: it was cut short, or is no backup', error);
  }
  if (contents === undefined || secrets === undefined)
    throw invalid('ends before its contents are told: it was cut short');
  const told = new Map(contents.entries.map((one) => [one.name, one]));
  for (const { name, bytes, sha256 } of entries) {
    if (told.get(name)?.bytes !== bytes || told.get(name)?.sha256 !== sha256)
      throw invalid(`has another ${name} than it says`);
    told.delete(name);
  }
  const [missing] = told.keys();
  if (missing !== undefined) throw invalid(`lacks ${missing}`);
  for (const { path, bytes } of secrets) {
    const place = join(folder, placeOf(`${entryNames.files}${path}`));
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    await writeFile(place, bytes, { mode: 0o600, flag: 'wx', flush: true });
  }
  return contents;
}

/** Where an entry goes in the data folder. Nothing is written outside it, whatever a name says. */
function placeOf(name: string): string {
  if (name === entryNames.database) return usualDatabase;
  const path = name.startsWith(entryNames.files) ? name.slice(entryNames.files.length) : '';
  const parts = path.split('/');
  if (
    path === '' ||
    path === usualDatabase ||
    /[\\\0]/.test(path) ||
    parts.some((part) => ['', '.', '..'].includes(part))
  )
    throw invalid(`has a file of an impossible name (${name})`);
  return join(...parts);
}

async function whole(
  stream: AsyncIterable<Uint8Array>,
  { name, size = 0 }: Header,
): Promise<{ bytes: Buffer; entry: Entry }> {
  if (size > mostInMemory) throw invalid(`has a ${name} of ${size} bytes`);
  const bytes = await buffer(stream);
  return {
    bytes,
    entry: { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') as Sha256 },
  };
}

async function toFile(stream: AsyncIterable<Uint8Array>, { name }: Header, path: string): Promise<Entry> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      hash.update(chunk);
      bytes += chunk.length;
      await file.writev([chunk]);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { name, bytes, sha256: hash.digest('hex') as Sha256 };
}

const invalid = (what: string, cause?: unknown): PitwallError =>
  new PitwallError('backup-invalid', `The backup ${what}. Nothing was restored.`, { cause });

/** The library's streams give buffers, and their types do not say so. */
async function* bytesOf(entry: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const chunk of entry) if (chunk instanceof Uint8Array) yield chunk;
}
