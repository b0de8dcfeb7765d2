import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { PitwallError } from '@pitwall/protocol';
import { type Archive, readArchive } from './archive.js';
import { bareNetwork } from './bare-network.js';
import type { Checkpoint } from './checkpoints.js';

/**
 * The bytes of a checkpoint's network, of which the archive lets go.
 * @throws PitwallError `archive-invalid` when the file is not what it was.
 */
export async function checkpointBytes(path: string, archive: Archive, checkpoint: Checkpoint): Promise<Uint8Array> {
  const { loaded } = archive;
  archive.loaded = undefined;
  if (loaded?.path === checkpoint.path) return loaded.bytes;
  const bare = (await bareNetwork(path)) !== undefined;
  const again = bare ? await readFile(path) : await networkAgain(path, archive, checkpoint);
  const part = archive.networks.find((network) => network.path === checkpoint.path);
  if (again === undefined || part === undefined || createHash('sha256').update(again).digest('hex') !== part.hash) {
    throw new PitwallError('archive-invalid', 'The archive changed while it was read.');
  }
  return again;
}

async function networkAgain(path: string, archive: Archive, checkpoint: Checkpoint): Promise<Uint8Array | undefined> {
  const again = await readArchive(path, checkpoint.path);
  return again.hash === archive.hash ? again.loaded?.bytes : undefined;
}
