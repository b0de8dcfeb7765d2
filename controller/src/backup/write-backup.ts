import { createHash } from 'node:crypto';
import { mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Sha256 } from '@pitwall/protocol';
import { type Pack, pack } from 'tar-stream';
import { copyDatabase, engineOf } from '../store/index.js';
import { type BackupContents, backupFormat, type Entry, entryNames } from './backup-file.js';
import { filesOf, isSecret, secretsOf } from './data-folder.js';
import { demandPassphrase, sealFiles } from './sealed-files.js';

export interface BackupOptions {
  /** The data folder. */
  readonly data: string;
  /** A SQLite file or `postgres://…`. */
  readonly database: string;
  /** Which Pitwall makes it. */
  readonly version: string;
  readonly now: () => number;
}

const unfinished = '.backup-';
const day = 86_400_000;

/**
 * Everything of a controller as one tar file, made while it runs: the database as it is at one moment, all files of the data
 * folder, and those that only their owner may read (keys, tokens), sealed with a passphrase. Fails as a stream where it cannot
 * be made.
 * @throws PitwallError `passphrase-refused`, `backup-failed`
 */
export async function backup(options: BackupOptions, passphrase: string): Promise<Readable> {
  demandPassphrase(passphrase);
  const { data, database } = options;
  await forgetOld(data);
  const scratch = await mkdtemp(join(data, unfinished));
  const forget = () => rm(scratch, { recursive: true, force: true });
  try {
    const copy = join(scratch, entryNames.database);
    await copyDatabase(database, copy);
    const sealed = await sealFiles(await secretsOf(options), passphrase);
    const packed = pack();
    // Whoever was to get it may have gone.
    packed.on('close', () => void forget());
    void writeAll(new Writing(packed), options, { copy, sealed })
      .then(forget)
      .then(
        () => packed.finalize(),
        (error: Error) => packed.destroy(error),
      );
    return Readable.from(packed, { objectMode: false });
  } catch (error) {
    await forget();
    throw error;
  }
}

/** What a process left that was ended in the middle of a backup, a day ago or earlier. */
async function forgetOld(data: string): Promise<void> {
  for (const name of await readdir(data)) {
    if (!name.startsWith(unfinished)) continue;
    const { mtimeMs } = await stat(join(data, name));
    if (Date.now() - mtimeMs > day) await rm(join(data, name), { recursive: true, force: true });
  }
}

async function writeAll(
  writing: Writing,
  options: BackupOptions,
  { copy, sealed }: { readonly copy: string; readonly sealed: Buffer },
): Promise<void> {
  const { data, database, version, now } = options;
  // First, so that a wrong passphrase is told before gigabytes are read.
  await writing.bytes(entryNames.sealed, sealed);
  await writing.file(entryNames.database, copy);
  for (const path of await filesOf(options))
    if (!(await isSecret(join(data, path)))) await writing.file(`${entryNames.files}${path}`, join(data, path));
  const contents: BackupContents = {
    format: backupFormat,
    pitwall: version,
    made: new Date(now()).toISOString(),
    engine: engineOf(database),
    entries: writing.entries,
  };
  await writing.bytes(entryNames.contents, Buffer.from(`${JSON.stringify(contents, null, 1)}\n`));
}

/** Entries on their way into the tar file, and what they were. */
class Writing {
  readonly entries: Entry[] = [];
  readonly #pack: Pack;

  constructor(packed: Pack) {
    this.#pack = packed;
  }

  async bytes(name: string, bytes: Buffer): Promise<void> {
    await new Promise<void>((done, failed) =>
      this.#pack.entry({ name, size: bytes.length, mode: 0o600 }, bytes, (error) => (error ? failed(error) : done())),
    );
    const sha256 = createHash('sha256').update(bytes).digest('hex') as Sha256;
    if (name !== entryNames.contents) this.entries.push({ name, bytes: bytes.length, sha256 });
  }

  /** As long as it is when it is opened: what a running controller appends comes with the next backup. */
  async file(name: string, path: string): Promise<void> {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const hash = createHash('sha256');
      const hashing = new Transform({
        transform(chunk: Buffer, _, done) {
          hash.update(chunk);
          done(null, chunk);
        },
      });
      const entry = this.#pack.entry({ name, size, mode: 0o600 });
      if (size > 0) {
        const bytes = file.createReadStream({ start: 0, end: size - 1, autoClose: false, highWaterMark: 2 ** 18 });
        await pipeline(bytes, hashing, entry);
      } else entry.end(undefined);
      this.entries.push({ name, bytes: size, sha256: hash.digest('hex') as Sha256 });
    } finally {
      await file.close();
    }
  }
}
