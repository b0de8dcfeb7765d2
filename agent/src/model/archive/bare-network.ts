import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PitwallError, type Sha256 } from '@pitwall/protocol';
import { decodeText } from '@pitwall/runtime';
import tar from 'tar-stream';
import { type Archive, archiveLimits, fileKind, hashFile, textNames } from './archive.js';
import { type NetworkFormat, networkFormat } from './network-format.js';
import { isRenamedMetadata } from './renamed-metadata.js';

/** A network that came alone, without an archive around it, and the texts that lay beside it. */
export interface BareNetwork {
  readonly format: NetworkFormat;
  readonly bytes: number;
  readonly texts: readonly (readonly [name: string, bytes: Buffer])[];
}

const extensions: Readonly<Record<NetworkFormat, string>> = { tensorflow: 'pb', onnx: 'onnx', tflite: 'tflite' };
const nameIn = ({ format }: BareNetwork): string => `model.${extensions[format]}`;

/**
 * `.pb`, `.onnx` and `.tflite` files also come alone; told by their contents, or where those do not tell by their name.
 * @returns undefined for everything else
 * @throws PitwallError `not-found`, `archive-invalid`, `archive-too-large`.
 */
export async function bareNetwork(path: string): Promise<BareNetwork | undefined> {
  const kind = await fileKind(path);
  const format = kind.is === 'network' ? kind.format : kind.is === 'unknown' ? networkFormat(path) : undefined;
  if (format === undefined) return undefined;
  const { size } = await stat(path);
  if (size > archiveLimits.network) {
    throw new PitwallError(
      'archive-too-large',
      `The network has ${(size / 2 ** 20).toFixed(0)} MB; the limit is ${archiveLimits.network / 2 ** 20} MB.`,
    );
  }
  const folder = dirname(path);
  const there = (await readdir(folder).catch(() => [] as string[])).sort();
  const described = there.filter((name) => textNames.test(name));
  const hasMetadata = described.some((name) => name.toLowerCase() === 'model_metadata.json');
  // One that was renamed on its way does not count, but is named.
  const names = hasMetadata ? described : [...described, ...there.filter(isRenamedMetadata)];
  const texts: [string, Buffer][] = [];
  for (const name of names) {
    const about = await stat(join(folder, name)).catch(() => undefined);
    if (about?.isFile() !== true || about.size > archiveLimits.text) continue;
    texts.push([name, await readFile(join(folder, name))]);
  }
  return { format, bytes: size, texts };
}

/** A network file as if it were an archive, with the texts beside it. */
export async function readBareNetwork(path: string, bare: BareNetwork): Promise<Archive> {
  const part = { path: nameIn(bare), bytes: bare.bytes, hash: await hashFile(path) };
  return {
    hash: bare.texts.length === 0 ? part.hash : await hashOf(packBare(path, bare)),
    parts: [part, ...bare.texts.map(([name, bytes]) => ({ path: name, bytes: bytes.length, hash: sha256(bytes) }))],
    texts: new Map(bare.texts.map(([name, bytes]) => [name, decodeText(bytes)])),
    networks: [{ ...part, format: bare.format }],
    loaded: undefined,
  };
}

/** A network and the texts beside it as one archive, the same bytes wherever and whenever it is packed. */
export async function* packBare(path: string, bare: BareNetwork): AsyncIterable<Buffer> {
  const pack = tar.pack();
  const header = (name: string, size: number) => ({ name, size, mtime: new Date(0), mode: 0o644 });
  const filled = (async () => {
    for (const [name, bytes] of bare.texts) pack.entry(header(name, bytes.length), bytes);
    await pipeline(createReadStream(path, { highWaterMark: 2 ** 18 }), pack.entry(header(nameIn(bare), bare.bytes)));
    pack.finalize();
  })().catch((cause: unknown) => {
    pack.destroy(cause instanceof Error ? cause : new Error(String(cause)));
  });
  for await (const chunk of pack) yield chunk as Buffer;
  await filled;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex') as Sha256;
async function hashOf(chunks: AsyncIterable<Buffer>): Promise<Sha256> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex') as Sha256;
}
