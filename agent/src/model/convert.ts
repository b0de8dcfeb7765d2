import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { PitwallError, type Sha256 } from '@pitwall/protocol';
import { type Archive, type NetworkFormat, readArchive } from './archive.js';
import { bareNetwork } from './bare-network.js';
import type { Checkpoint } from './checkpoints.js';
import type { Network } from './network.js';
import { importOnnx, writeOnnx } from './onnx/index.js';
import { importTensorflow } from './tensorflow/index.js';
import { importTflite } from './tflite/index.js';

/**
 * The bytes of a checkpoint's network, of which the archive lets go.
 * @throws PitwallError `archive-invalid` when the file is not what it was.
 */
export async function checkpointBytes(path: string, archive: Archive, checkpoint: Checkpoint): Promise<Uint8Array> {
  const { kept } = archive;
  archive.kept = undefined;
  if (kept?.path === checkpoint.path) return kept.bytes;
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
  return again.hash === archive.hash ? again.kept?.bytes : undefined;
}

/**
 * A network, from whatever format, with every operation, shape and constant checked.
 * @throws PitwallError `graph-invalid`, `graph-unsupported`, `graph-too-large`.
 */
export function importNetwork(bytes: Uint8Array, format: NetworkFormat): Network {
  try {
    if (format === 'tensorflow') return importTensorflow(bytes);
    return format === 'onnx' ? importOnnx(bytes) : importTflite(bytes);
  } catch (cause) {
    // Whatever a damaged file can do to the importer, it ends in one kind of error.
    if (cause instanceof PitwallError) throw cause;
    throw new PitwallError('graph-invalid', 'The network file is damaged. Export the model again.', { cause });
  }
}

/** Writes the network as ONNX, piece by piece. @returns the file's sha256 */
export async function writeNetwork(network: Network, file: string): Promise<Sha256> {
  const hash = createHash('sha256');
  const out = await open(file, 'w', 0o600);
  try {
    for (const piece of writeOnnx(network)) {
      hash.update(piece);
      await writeWhole(out, piece);
    }
  } finally {
    await out.close();
  }
  return hash.digest('hex') as Sha256;
}

async function writeWhole(out: FileHandle, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.length; ) at += (await out.write(piece, at)).bytesWritten;
}
