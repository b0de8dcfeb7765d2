import { PitwallError } from '@pitwall/protocol';
import { type Archive, type NetworkFormat, readArchive } from './archive.js';
import type { Checkpoint } from './checkpoints.js';
import type { Network } from './network.js';
import { importOnnx, writeOnnx } from './onnx/index.js';
import { probe } from './probe.js';
import { importTensorflow } from './tensorflow/index.js';
import { importTflite } from './tflite/index.js';

/**
 * A checkpoint's network, from whatever format, with every operation, shape and constant checked.
 * @throws PitwallError `graph-invalid`, `graph-unsupported`, `graph-too-large`, `archive-invalid`.
 */
export async function importCheckpoint(path: string, archive: Archive, checkpoint: Checkpoint): Promise<Network> {
  const format = archive.networks.find((network) => network.path === checkpoint.path)?.format ?? 'tensorflow';
  return importNetwork(await checkpointBytes(path, archive, checkpoint), format);
}

async function checkpointBytes(path: string, archive: Archive, checkpoint: Checkpoint): Promise<Uint8Array> {
  const { kept } = archive;
  archive.kept = undefined;
  if (kept?.path === checkpoint.path) return kept.bytes;
  const again = await readArchive(path, checkpoint.path);
  if (again.kept === undefined || again.hash !== archive.hash) {
    throw new PitwallError('archive-invalid', 'The archive changed while it was read.');
  }
  return again.kept.bytes;
}

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

/** The network as ONNX; a foreign file's is first run in a process of its own. */
export async function convertNetwork(network: Network, format: NetworkFormat): Promise<Uint8Array> {
  const onnx = writeOnnx(network);
  if (format !== 'tensorflow') await probe(onnx, network);
  return onnx;
}
