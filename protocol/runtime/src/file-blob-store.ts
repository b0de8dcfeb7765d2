import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { isPitwallError, PitwallError, Sha256 } from '@pitwall/protocol';
import type { Blob, BlobStore } from './blob-store.js';
import { hashed, writeWhole } from './hashed.js';

/** Blobs as files of one folder. */
export class FileBlobStore implements BlobStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the folder, and forgets what an earlier process began to write. @throws PitwallError `output-failed` */
  async start(): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const names = await readdir(this.#folder);
      await Promise.all(
        names.filter((name) => name.startsWith('.')).map((name) => rm(join(this.#folder, name), { force: true })),
      );
    } catch (cause) {
      throw this.#unwritable(cause);
    }
  }

  async put(stream: AsyncIterable<Uint8Array>, limit: number): Promise<Blob> {
    // A connection may break off before anybody reads; reading then says so.
    if (stream instanceof Readable) stream.on('error', () => {});
    const unfinished = join(this.#folder, `.${randomUUID()}`);
    const file = await open(unfinished, 'wx', 0o600).catch((cause: unknown) => {
      throw this.#unwritable(cause);
    });
    try {
      const blob = await hashed(stream, limit, (chunk) => writeWhole(file, chunk))
        .then(async (all) => {
          await file.sync();
          return all;
        })
        .finally(() => file.close());
      // An upload of what is there already only proves that it can be read again.
      await rename(unfinished, this.path(blob.hash));
      await this.#sync();
      return blob;
    } catch (error) {
      throw isPitwallError(error) ? error : this.#unwritable(error);
    } finally {
      await rm(unfinished, { force: true });
    }
  }

  async get(hash: Sha256): Promise<Readable> {
    const file = await open(this.path(hash), 'r').catch((cause: unknown) => {
      throw new PitwallError('not-found', `There is no blob ${hash.slice(0, 12)} here.`, { cause });
    });
    return createReadStream('', { fd: file, highWaterMark: 2 ** 18 });
  }

  async size(hash: Sha256): Promise<number | undefined> {
    return (await stat(this.path(hash)).catch(() => undefined))?.size;
  }

  async delete(hash: Sha256): Promise<void> {
    await rm(this.path(hash), { force: true });
  }

  /** Where its bytes are, for a program of this machine; nobody writes there. */
  path(hash: Sha256): string {
    return join(this.#folder, Sha256.parse(hash));
  }

  /** A rename is on disk when its folder is. */
  async #sync(): Promise<void> {
    const folder = await open(this.#folder, 'r');
    await folder.sync().finally(() => folder.close());
  }

  #unwritable(cause: unknown): PitwallError {
    const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? 'the disk is full' : 'it cannot be written';
    return new PitwallError('output-failed', `Nothing can be kept in ${this.#folder}: ${full}.`, { cause });
  }
}
