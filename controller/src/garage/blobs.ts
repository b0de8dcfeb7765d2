import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { isPitwallError, PitwallError, Sha256 } from '@pitwall/protocol';

/** The limit of a model archive, as the agent has it, in bytes. */
export const archiveLimit = 256 * 2 ** 20;

export interface Blob {
  readonly hash: Sha256;
  /** Bytes. */
  readonly size: number;
}

/**
 * Files by the sha256 of what is in them: archives for cars, submissions. A blob is there whole and on disk, or not at all;
 * the same bytes twice are one blob.
 */
export class BlobStore {
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

  /**
   * Keeps what the stream gives, up to `limit` bytes; on disk when it resolves.
   * @throws PitwallError `archive-too-large`, `output-failed` (disk full), `request-refused` where the stream breaks off
   */
  async put(stream: Readable, limit: number = archiveLimit): Promise<Blob> {
    // It may break off before anybody reads; reading then says so.
    stream.on('error', () => {});
    const unfinished = join(this.#folder, `.${randomUUID()}`);
    const file = await open(unfinished, 'wx', 0o600).catch((cause: unknown) => {
      throw this.#unwritable(cause);
    });
    try {
      const blob = await this.#write(file, stream, limit).finally(() => file.close());
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

  /** @throws PitwallError `not-found` */
  async get(hash: Sha256): Promise<Readable> {
    const file = await open(this.path(hash), 'r').catch((cause: unknown) => {
      throw new PitwallError('not-found', `There is no blob ${hash.slice(0, 12)} here.`, { cause });
    });
    return createReadStream('', { fd: file, highWaterMark: 2 ** 18 });
  }

  /** In bytes; undefined where there is no such blob. */
  async size(hash: Sha256): Promise<number | undefined> {
    return (await stat(this.path(hash)).catch(() => undefined))?.size;
  }

  async has(hash: Sha256): Promise<boolean> {
    return (await this.size(hash)) !== undefined;
  }

  /** A blob that is not there is deleted already. */
  async delete(hash: Sha256): Promise<void> {
    await rm(this.path(hash), { force: true });
  }

  /** Where its bytes are, for a program of this machine; nobody writes there. */
  path(hash: Sha256): string {
    return join(this.#folder, Sha256.parse(hash));
  }

  async #write(file: FileHandle, stream: Readable, limit: number): Promise<Blob> {
    const sum = createHash('sha256');
    let size = 0;
    const chunks = stream[Symbol.asyncIterator]();
    for (;;) {
      const next = await chunks.next().catch((cause: unknown) => {
        throw new PitwallError('request-refused', 'The file broke off on the way; send it again.', { cause });
      });
      if (next.done === true) break;
      const chunk = next.value as Buffer;
      size += chunk.length;
      if (size > limit) {
        await chunks.return?.();
        throw new PitwallError(
          'archive-too-large',
          `The file has more than ${Math.floor(limit / 2 ** 20)} MB; no more is taken here.`,
        );
      }
      sum.update(chunk);
      await file.write(chunk);
    }
    await file.sync();
    return { hash: sum.digest('hex') as Sha256, size };
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
