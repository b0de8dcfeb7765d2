import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { compareVersions, isPitwallError, PitwallError } from '@pitwall/protocol';
import type { Release, ReleaseName } from '@pitwall/protocol/messages';
import {
  hashed,
  readRelease,
  releaseFile,
  releaseKey,
  releaseLimit,
  signatureDigest,
  writeWhole,
} from '@pitwall/runtime';

const signatureOf = (file: string) => `${file}.minisig`;

/**
 * Signed versions of the agent that cars fetch: in one folder, as they came, an archive and its signature each. The signature is
 * written last, and an archive without one is none.
 */
export class Releases {
  readonly #folder: string;
  readonly #key: string | undefined;

  /** @param key the configured public key; undefined: that of this controller's own package */
  constructor(folder: string, key: string | undefined) {
    this.#folder = folder;
    this.#key = key;
  }

  /**
   * Keeps an archive whose signature fits. @param signature the text of its `.minisig`
   * @throws PitwallError `release-invalid`, `archive-too-large`, `request-refused`, `output-failed`
   */
  async add(archive: AsyncIterable<Uint8Array>, signature: string): Promise<Release> {
    const key = releaseKey(this.#key, 'releases.key');
    const { name, signature: signed } = readRelease(signature, key);
    const path = this.#path(name);
    const unfinished = join(
      this.#folder,
      `.${releaseFile(name)}.${process.pid}-${Math.random().toString(36).slice(2)}`,
    );
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o755 });
      const sum = signatureDigest();
      const bytes = await keep(archive, unfinished, sum);
      if (!key.isOf(signed, sum.digest()))
        throw new PitwallError(
          'release-invalid',
          `${releaseFile(name)} is not what was signed: it was cut short or changed. Copy it again.`,
        );
      await rename(unfinished, path);
      await writeFile(`${unfinished}.minisig`, signature, { mode: 0o644, flush: true });
      await rename(`${unfinished}.minisig`, signatureOf(path));
      return { ...name, bytes, signature };
    } catch (cause) {
      if (isPitwallError(cause)) throw cause;
      const why = (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? 'the disk is full' : 'it cannot be written';
      throw new PitwallError('output-failed', `No version can be kept in ${this.#folder}: ${why}.`, { cause });
    } finally {
      await rm(unfinished, { force: true });
    }
  }

  /** The newest first; without those that the key that is trusted now did not sign. */
  async list(): Promise<Release[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const found = await Promise.all(names.filter((name) => name.endsWith('.minisig')).map((name) => this.#read(name)));
    return found
      .filter((one) => one !== undefined)
      .sort((a, b) => compareVersions(b.version, a.version) || a.architecture.localeCompare(b.architecture));
  }

  /** @param from the first byte that is wanted @throws PitwallError `not-found` */
  async read(name: ReleaseName, from: number): Promise<{ readonly bytes: number; readonly stream: Readable }> {
    const path = this.#path(name);
    const bytes = (await stat(path).catch(() => undefined))?.size;
    if (bytes === undefined || from >= bytes)
      throw new PitwallError('not-found', `Version ${name.version} for linux-${name.architecture} is not here.`);
    return { bytes, stream: createReadStream(path, { start: from, highWaterMark: 2 ** 18 }) };
  }

  /** Cars keep theirs. One that is not there is deleted already. */
  async delete(name: ReleaseName): Promise<void> {
    await rm(signatureOf(this.#path(name)), { force: true });
    await rm(this.#path(name), { force: true });
  }

  #path(name: ReleaseName): string {
    return join(this.#folder, releaseFile(name));
  }

  async #read(file: string): Promise<Release | undefined> {
    try {
      const signature = await readFile(join(this.#folder, file), 'utf8');
      const { name } = readRelease(signature, releaseKey(this.#key, 'releases.key'));
      const { size: bytes } = await stat(this.#path(name));
      return { ...name, bytes, signature };
    } catch {
      return undefined;
    }
  }
}

async function keep(
  archive: AsyncIterable<Uint8Array>,
  path: string,
  sum: ReturnType<typeof signatureDigest>,
): Promise<number> {
  const file = await open(path, 'wx', 0o644);
  try {
    const { size } = await hashed(archive, releaseLimit, async (chunk) => {
      sum.update(chunk);
      await writeWhole(file, chunk);
    });
    await file.sync();
    return size;
  } finally {
    await file.close();
  }
}
