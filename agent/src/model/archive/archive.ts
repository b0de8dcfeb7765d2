import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { isPitwallError, PitwallError, type Sha256 } from '@pitwall/protocol';
import { decodeText } from '@pitwall/runtime';
import tar from 'tar-stream';
import { entryPath } from './entry-path.js';
import { type FileKind, headLength, insideKind, isSavedModel, kindOf } from './file-kind.js';
import type { Foreign } from './foreign-models.js';
import { type NetworkFormat, networkFormat } from './network-format.js';
import { zipEntries } from './zip.js';

export const archiveLimits = {
  packed: 256 * 2 ** 20,
  unpacked: 2 ** 30,
  entries: 10_000,
  network: 128 * 2 ** 20,
  text: 2 ** 20,
  texts: 4 * 2 ** 20,
} as const;
/** Headers, padding and long names between two entries; a bomb could hide in there. */
const maxBetweenEntries = 2 ** 20;

/** What describes a model, in an archive or beside a network. */
export const textNames = /(?:^|\/)(?:(?:model_metadata|deepracer_checkpoints)\.json|pitwall\.ya?ml)$/i;

export interface Part {
  readonly path: string;
  readonly bytes: number;
  readonly hash: Sha256;
  /** What it is, where it is a file of another tool. */
  readonly foreign?: Foreign;
}

/** An archive, read through once and checked; nothing of it is written to disk. */
export interface Archive {
  readonly hash: Sha256;
  readonly parts: readonly Part[];
  /** Metadata, the list of checkpoints and the racer's description, by path. */
  readonly texts: ReadonlyMap<string, string>;
  readonly networks: readonly (Part & { readonly format: NetworkFormat })[];
  /** The bytes of one network, in memory until it is imported: whoever takes them sets this to undefined. */
  loaded: { readonly path: string; readonly bytes: Uint8Array } | undefined;
}

const hex = (hash: Hash) => hash.digest('hex') as Sha256;
const tooLarge = (what: string) =>
  new PitwallError('archive-too-large', `The archive ${what}. It is no model archive.`);
const broken = (what: string, cause?: unknown) =>
  new PitwallError('archive-invalid', `The archive ${what}.`, { cause });

/** sha256 of a file's bytes. */
export async function hashFile(path: string): Promise<Sha256> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk as Buffer);
  return hex(hash);
}

/**
 * Reads a `.tar.gz`, `.tar` or `.zip`, told by its contents, as a stream, within {@link archiveLimits}, and keeps the text files
 * and one network: the one at `keep`, or the first.
 * @throws PitwallError `archive-invalid` or `archive-too-large`, `not-found` when there is no such file.
 */
export async function readArchive(path: string, keep?: string): Promise<Archive> {
  const kind = await fileKind(path);
  if (kind.is !== 'archive') throw notArchive(kind);
  const entries = new Entries(keep);
  const hash = kind.packing === 'zip' ? await readZip(path, entries) : await readTar(path, kind.packing, entries);
  const { parts, texts, networks, loaded } = entries;
  if (parts.length === 0) throw broken('is empty');
  return { hash, parts, texts, networks, loaded };
}

/** What the file is by its first bytes. @throws PitwallError `not-found`, `archive-invalid`, `archive-too-large` */
export async function fileKind(path: string): Promise<FileKind> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new PitwallError('not-found', `There is no model ${path}.`, { cause });
  });
  try {
    const about = await file.stat();
    if (!about.isFile()) throw broken(`${path} is not a file`);
    if (about.size > archiveLimits.packed)
      throw tooLarge(`has ${(about.size / 2 ** 20).toFixed(0)} MB; the limit is ${archiveLimits.packed / 2 ** 20} MB`);
    if (about.size === 0) throw broken('has no contents; copy or download it again');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headLength), 0, headLength, 0);
    return kindOf(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

const notArchive = (kind: FileKind): PitwallError =>
  kind.is === 'other'
    ? new PitwallError('archive-invalid', `The file is ${kind.what}, no model. ${kind.advice}`)
    : kind.is === 'unknown' && kind.isText
      ? broken(
          'is text and no .tar.gz, .tar or .zip file; hand in the network together with its model_metadata.json, or download it again, signed in',
        )
      : broken('is no .tar.gz, .tar or .zip file; copy or download it again');

/** What an archive is made of, entry by entry, each checked before any of it is read. */
class Entries {
  readonly parts: Part[] = [];
  readonly texts = new Map<string, string>();
  readonly networks: (Part & { format: NetworkFormat })[] = [];
  loaded: Archive['loaded'];
  readonly #keep: string | undefined;
  readonly #seen = new Set<string>();
  #announced = 0;
  #entries = 0;
  #described = 0;

  constructor(keep: string | undefined) {
    this.#keep = keep;
  }

  async take(
    header: Pick<tar.Header, 'name' | 'type' | 'size'>,
    contents: () => AsyncIterable<unknown>,
  ): Promise<void> {
    const size = header.size ?? 0;
    this.#entries += 1;
    this.#announced += size;
    if (this.#entries > archiveLimits.entries) throw tooLarge(`has more than ${archiveLimits.entries} entries`);
    if (this.#announced > archiveLimits.unpacked)
      throw tooLarge(`unpacks to more than ${archiveLimits.unpacked / 2 ** 20} MB`);
    const name = entryPath(header.name);
    // GNU tar's own: the label of a volume, and the list of a folder that an incremental backup has.
    const isNote = header.type === null && (size === 0 || header.name.endsWith('/'));
    if (!fileTypes.has(header.type) && header.type !== 'directory' && !isNote) {
      throw broken(
        `holds ${JSON.stringify(header.name.slice(0, 80))}, a ${header.type ?? 'thing of unknown kind'}; only files and folders are allowed. Pack the files themselves`,
      );
    }
    if (name === undefined || header.type === 'directory' || isNote) {
      for await (const _ of contents());
      return;
    }
    if (this.#seen.has(name)) throw broken(`holds "${name}" twice; pack the model again, from its own folder`);
    this.#seen.add(name);
    const format = networkFormat(name);
    if (format !== undefined && size > archiveLimits.network) {
      throw tooLarge(
        `holds the network "${name}" of ${(size / 2 ** 20).toFixed(0)} MB; the limit is ${archiveLimits.network / 2 ** 20} MB`,
      );
    }
    const isText = textNames.test(name) && size <= archiveLimits.text;
    if (isText) this.#described += size;
    if (this.#described > archiveLimits.texts)
      throw tooLarge(`describes itself with more than ${archiveLimits.texts / 2 ** 20} MB`);
    const isLoaded =
      format !== undefined && (this.#keep === undefined ? this.networks.length === 0 : name === this.#keep);
    const { hash, bytes, head } = await consume(contents(), isText || isLoaded ? size : undefined);
    const kind = kindOf(head);
    const foreign = insideKind(head);
    this.parts.push({ path: name, bytes: size, hash, ...(foreign === undefined ? {} : { foreign }) });
    if (isText && bytes !== undefined) {
      if (kind.is === 'other') throw broken(`holds ${name}, which is ${kind.what}. ${kind.advice.replace(/\.$/, '')}`);
      this.texts.set(name, decodeText(bytes));
    }
    if (format === undefined) return;
    // With its weights inside it is a graph like any other; that is looked at when it is imported.
    if (kind.is === 'other' && !isSavedModel(head))
      throw broken(`holds ${name}, which is ${kind.what}. ${kind.advice.replace(/\.$/, '')}`);
    // What the bytes say counts more than what the name says.
    const found = kind.is === 'network' ? kind.format : format;
    this.networks.push({ path: name, bytes: size, hash, format: found });
    if (isLoaded && bytes !== undefined) this.loaded = { path: name, bytes };
  }
}

/** Of old archives a file has no type at all, or is contiguous, which means the same. */
const fileTypes: ReadonlySet<string | null | undefined> = new Set(['file', 'contiguous-file']);

async function readZip(path: string, entries: Entries): Promise<Sha256> {
  const file = await open(path, 'r');
  try {
    for (const { name, type, size, stream } of await zipEntries(file, archiveLimits.entries))
      await entries.take({ name, type, size }, stream);
  } finally {
    await file.close();
  }
  return await hashFile(path);
}

async function readTar(path: string, packing: 'gzip' | 'tar', entries: Entries): Promise<Sha256> {
  const whole = createHash('sha256');
  // A V7 archive has no magic bytes.
  const options: object = { allowUnknownFormat: true };
  const extract = tar.extract(options);
  const file = createReadStream(path, { highWaterMark: 2 ** 18 });
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      whole.update(chunk);
      done(null, chunk);
    },
  });
  let [unpacked, expected] = [0, 0];
  const guard = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const wrong = unpacked === 0 && packing === 'gzip' ? notTar(chunk) : undefined;
      unpacked += chunk.length;
      if (wrong !== undefined) done(wrong);
      else if (unpacked > archiveLimits.unpacked)
        done(tooLarge(`unpacks to more than ${archiveLimits.unpacked / 2 ** 20} MB`));
      else if (unpacked - expected > maxBetweenEntries) done(tooLarge('hides more than 1 MB between its files'));
      else done(null, chunk);
    },
  });
  extract.on('entry', (header, stream, next) => {
    // A refusal ends the entry's stream too; whoever waits hears of it from the pipeline.
    stream.on('error', () => {});
    expected = Math.max(expected, unpacked) + (header.size ?? 0);
    entries.take(header, () => stream).then(() => next(), next);
  });
  try {
    const unpack = packing === 'gzip' ? createGunzip({ chunkSize: 2 ** 18 }) : new PassThrough();
    await pipeline(file, counted, unpack, guard, extract);
  } catch (cause) {
    if (isPitwallError(cause)) throw cause;
    throw broken('cannot be unpacked: it is cut short or damaged. Copy or download it again', cause);
  }
  return hex(whole);
}

/** What was packed with gzip and is no archive. */
function notTar(chunk: Buffer): PitwallError | undefined {
  // An archive without a file is zeros to its end.
  if (chunk.subarray(0, 1024).every((byte) => byte === 0)) return undefined;
  const kind = kindOf(chunk.subarray(0, headLength));
  if (kind.is === 'archive' && kind.packing === 'gzip')
    return broken(
      'was packed with gzip twice; unpack it once (gunzip < FILE > model.tar.gz) and hand in what comes out',
    );
  if (kind.is === 'archive' && kind.packing === 'zip')
    return broken(
      'is a zip file that was packed with gzip; unpack it once (gunzip < FILE > model.zip) and hand in what comes out',
    );
  if (kind.is === 'network')
    return broken(
      'holds one network, packed with gzip, and no metadata. Unpack it (gunzip FILE), or pack it with its model_metadata.json as .tar.gz',
    );
  if (kind.is === 'other') return broken(`holds what is ${kind.what}. ${kind.advice.replace(/\.$/, '')}`);
  return undefined;
}

async function consume(
  stream: AsyncIterable<unknown>,
  keep: number | undefined,
): Promise<{ hash: Sha256; bytes: Uint8Array | undefined; head: Uint8Array }> {
  const hash = createHash('sha256');
  const bytes = keep === undefined ? undefined : new Uint8Array(keep);
  let [at, head] = [0, Buffer.alloc(0)];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes?.set(chunk, at);
    at += chunk.length;
    if (head.length < headLength) head = Buffer.concat([head, chunk.subarray(0, headLength - head.length)]);
  }
  return { hash: hex(hash), bytes, head };
}
