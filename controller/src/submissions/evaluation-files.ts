import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Sha256 } from '@pitwall/protocol';
import type { Evaluation } from '@pitwall/protocol/api';
import type { BlobStore } from '@pitwall/runtime';
import type { FileRow } from './tables.js';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** No file of an evaluation is larger, packed. */
const largest = 64 * 2 ** 20;

/** Where the agent puts each kind of file, and which checkpoint it is of. Times in names differ from run to run. */
const places = [
  { kind: 'replay', folder: ['replay'], name: /^(.+)\.json$/ },
  { kind: 'metrics', folder: ['metrics', 'evaluation'], name: /^evaluation-\d{14}-(.+)\.json$/ },
  { kind: 'simtrace', folder: ['sim-trace', 'evaluation'], name: /^\d{14}-(.+)$/ },
] as const;

/** Keeps the files of an evaluation; answers what they are. */
export async function storeFiles(
  folder: string,
  evaluation: Evaluation,
  blobs: BlobStore,
): Promise<Omit<FileRow, 'submission'>[]> {
  const files: Omit<FileRow, 'submission'>[] = [];
  const keep = async (kind: FileRow['kind'], checkpoint: string, path: string) => {
    const content = await readFile(path);
    const packed = await pack(content);
    const { hash } = await blobs.put(once(packed), largest);
    files.push({ kind, checkpoint, hash, bytes: content.length });
  };
  // The agent names files after checkpoints, in letters that every file system takes.
  const named = new Map(
    evaluation.checkpoints.map(({ checkpoint }) => [checkpoint.replace(/[^A-Za-z0-9]+/g, '_'), checkpoint]),
  );
  for (const { kind, folder: within, name } of places)
    for (const entry of (await readdir(join(folder, ...within))).sort()) {
      const checkpoint = named.get(name.exec(entry)?.[1] ?? '');
      const path = join(folder, ...within, entry);
      const file = kind === 'simtrace' ? join(path, 'evaluation-simtrace', '0-iteration.csv') : path;
      if (checkpoint !== undefined) await keep(kind, checkpoint, file);
    }
  await keep('report', '', join(folder, 'report.html'));
  return files;
}

/** A kept file as it was. @throws PitwallError `not-found`. */
export async function readStoredFile(blobs: BlobStore, hash: Sha256): Promise<Buffer> {
  return await unpack(await buffer(await blobs.get(hash)));
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
