import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import tar from 'tar-stream';
import { archiveLimits, fileKind, readArchive } from './archive.js';
import { type BareNetwork, bareNetwork, packBare } from './bare-network.js';
import { entryPath } from './entry-path.js';
import { descriptionNames, readDescription } from './read-description.js';
import { zipEntries } from './zip.js';

/**
 * Writes a model with what its racer says of it: the same files in a .tar.gz, with a pitwall.yaml in place of any other. The same
 * model and the same words give the same bytes.
 * @throws PitwallError as reading the model or the description does
 */
export async function withDescription(path: string, description: string, out: string): Promise<void> {
  readDescription(description);
  const said = Buffer.from(description);
  const bare = await bareNetwork(path);
  const written = bare === undefined ? repacked(path, said) : packBare(path, { ...bare, texts: textsOf(bare, said) });
  await pipeline(written, createGzip({ level: 1 }), createWriteStream(out));
}

const isDescription = (path: string): boolean => descriptionNames.test(path.slice(path.lastIndexOf('/') + 1));

const textsOf = ({ texts }: BareNetwork, said: Buffer): BareNetwork['texts'] => [
  ...texts.filter(([name]) => !isDescription(name)),
  ['pitwall.yaml', said],
];

async function* repacked(path: string, said: Buffer): AsyncIterable<Buffer> {
  // All that is wrong with an archive is found before any of it is taken.
  await readArchive(path);
  const kind = await fileKind(path);
  const pack = tar.pack();
  const header = (name: string, size: number) => ({ name, size, mtime: new Date(0), mode: 0o644 });
  const filled = (async () => {
    for await (const { name, size, contents } of filesOf(path, kind.is === 'archive' ? kind.packing : 'tar')) {
      if (isDescription(name)) for await (const _ of contents);
      else await pipeline(contents as AsyncIterable<Buffer>, pack.entry(header(name, size)));
    }
    pack.entry(header('pitwall.yaml', said.length), said);
    pack.finalize();
  })().catch((cause: unknown) => {
    pack.destroy(cause instanceof Error ? cause : new Error(String(cause)));
  });
  for await (const chunk of pack) yield chunk as Buffer;
  await filled;
}

interface File {
  readonly name: string;
  readonly size: number;
  readonly contents: AsyncIterable<unknown>;
}

async function* filesOf(path: string, packing: 'gzip' | 'tar' | 'zip'): AsyncGenerator<File> {
  if (packing === 'zip') {
    const file = await open(path, 'r');
    try {
      for (const { name: given, type, size, stream } of await zipEntries(file, archiveLimits.entries)) {
        const name = entryPath(given);
        if (name !== undefined && type === 'file') yield { name, size, contents: stream() };
      }
    } finally {
      await file.close();
    }
    return;
  }
  const extract = tar.extract({ allowUnknownFormat: true } as object);
  const reading = pipeline(createReadStream(path), packing === 'gzip' ? createGunzip() : new PassThrough(), extract);
  reading.catch(() => {});
  for await (const entry of extract) {
    const name = entryPath(entry.header.name);
    const isFile = entry.header.type === 'file' || entry.header.type === 'contiguous-file';
    if (name !== undefined && isFile) yield { name, size: entry.header.size ?? 0, contents: entry };
    else entry.resume();
  }
  await reading;
}
