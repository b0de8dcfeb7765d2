import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { isPitwallError, PitwallError, type Sha256 } from '@pitwall/protocol';
import tar from 'tar-stream';
import { entryPath } from './entry-path.js';
import { decodeText } from './text.js';

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

const textNames = /(?:^|\/)(?:(?:model_metadata|deepracer_checkpoints)\.json|pitwall\.ya?ml)$/i;

export type NetworkFormat = 'tensorflow' | 'onnx' | 'tflite';

export interface Part {
  readonly path: string;
  readonly bytes: number;
  readonly hash: Sha256;
}

/** An archive, read through once and checked; nothing of it is written to disk. */
export interface Archive {
  readonly hash: Sha256;
  readonly parts: readonly Part[];
  /** Metadata, the list of checkpoints and the racer's description, by path. */
  readonly texts: ReadonlyMap<string, string>;
  readonly networks: readonly (Part & { readonly format: NetworkFormat })[];
  /** The one network that was kept; whoever imports it lets go of it. */
  kept: { readonly path: string; readonly bytes: Uint8Array } | undefined;
}

const formats: Readonly<Record<string, NetworkFormat>> = { pb: 'tensorflow', onnx: 'onnx', tflite: 'tflite' };
export const networkFormat = (path: string): NetworkFormat | undefined =>
  formats[path.slice(path.lastIndexOf('.') + 1).toLowerCase()];

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
 * Reads a `.tar.gz` (or the `.tar` that some browsers make of it) as a stream, within {@link archiveLimits}, and keeps the
 * text files and one network: the one at `keep`, or the first.
 * @throws PitwallError `archive-invalid` or `archive-too-large`, `not-found` when there is no such file.
 */
export async function readArchive(path: string, keep?: string): Promise<Archive> {
  const packed = await checkFile(path);
  const whole = createHash('sha256');
  const parts: Part[] = [];
  const texts = new Map<string, string>();
  const networks: (Part & { format: NetworkFormat })[] = [];
  let kept: Archive['kept'];
  const seen = new Set<string>();
  let [announced, entries, described] = [0, 0, 0];

  const extract = tar.extract();
  const entry = async (header: tar.Header, stream: AsyncIterable<unknown>): Promise<void> => {
    const size = header.size ?? 0;
    entries += 1;
    announced += size;
    if (entries > archiveLimits.entries) throw tooLarge(`has more than ${archiveLimits.entries} entries`);
    if (announced > archiveLimits.unpacked)
      throw tooLarge(`unpacks to more than ${archiveLimits.unpacked / 2 ** 20} MB`);
    const name = entryPath(header.name);
    if (header.type !== 'file' && header.type !== 'directory') {
      throw broken(
        `holds ${JSON.stringify(header.name.slice(0, 80))}, a ${header.type ?? 'thing of unknown kind'}; only files and folders are allowed`,
      );
    }
    if (name === undefined || header.type === 'directory') {
      await drain(stream);
      return;
    }
    if (seen.has(name)) throw broken(`holds "${name}" twice`);
    seen.add(name);
    const format = networkFormat(name);
    if (format !== undefined && size > archiveLimits.network) {
      throw tooLarge(
        `holds the network "${name}" of ${(size / 2 ** 20).toFixed(0)} MB; the limit is ${archiveLimits.network / 2 ** 20} MB`,
      );
    }
    const isText = textNames.test(name) && size <= archiveLimits.text;
    if (isText) described += size;
    if (described > archiveLimits.texts)
      throw tooLarge(`describes itself with more than ${archiveLimits.texts / 2 ** 20} MB`);
    const isKept = format !== undefined && (keep === undefined ? networks.length === 0 : name === keep);
    const { hash, bytes } = await consume(stream, isText || isKept ? size : undefined);
    const part = { path: name, bytes: size, hash };
    parts.push(part);
    if (isText && bytes !== undefined) texts.set(name, decodeText(bytes));
    if (format !== undefined) networks.push({ ...part, format });
    if (isKept && bytes !== undefined) kept = { path: name, bytes };
  };

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
      unpacked += chunk.length;
      if (unpacked > archiveLimits.unpacked)
        done(tooLarge(`unpacks to more than ${archiveLimits.unpacked / 2 ** 20} MB`));
      else if (unpacked - expected > maxBetweenEntries) done(tooLarge('hides more than 1 MB between its files'));
      else done(null, chunk);
    },
  });
  extract.on('entry', (header, stream, next) => {
    // A refusal ends the entry's stream too; whoever waits hears of it from the pipeline.
    stream.on('error', () => {});
    expected = Math.max(expected, unpacked) + (header.size ?? 0);
    entry(header, stream).then(() => next(), next);
  });
  try {
    const unpack = packed ? createGunzip({ chunkSize: 2 ** 18 }) : new PassThrough();
    await pipeline(file, counted, unpack, guard, extract);
  } catch (cause) {
    if (isPitwallError(cause)) throw cause;
    throw broken('cannot be unpacked: it is cut short, or no .tar.gz. Copy or download it again', cause);
  }
  if (parts.length === 0) throw broken('is empty');
  return { hash: hex(whole), parts, texts, networks, kept };
}

/** @returns whether it is packed with gzip */
async function checkFile(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new PitwallError('not-found', `There is no model archive ${path}.`, { cause });
  });
  try {
    const about = await file.stat();
    if (!about.isFile()) throw broken(`${path} is not a file`);
    if (about.size > archiveLimits.packed)
      throw tooLarge(`has ${(about.size / 2 ** 20).toFixed(0)} MB; the limit is ${archiveLimits.packed / 2 ** 20} MB`);
    if (about.size === 0) throw broken('has no contents; copy or download it again');
    const start = Buffer.alloc(512);
    await file.read(start, 0, start.length, 0);
    if (start.subarray(0, 2).toString('latin1') === 'PK') throw broken('is a zip file; pack the model as .tar.gz');
    const packed = start[0] === 0x1f && start[1] === 0x8b;
    if (!packed && start.toString('latin1', 257, 262) !== 'ustar')
      throw broken('is no .tar.gz file; copy or download it again');
    return packed;
  } finally {
    await file.close();
  }
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

async function consume(
  stream: AsyncIterable<unknown>,
  keep: number | undefined,
): Promise<{ hash: Sha256; bytes: Uint8Array | undefined }> {
  const hash = createHash('sha256');
  const bytes = keep === undefined ? undefined : new Uint8Array(keep);
  let at = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes?.set(chunk, at);
    at += chunk.length;
  }
  return { hash: hex(hash), bytes };
}
