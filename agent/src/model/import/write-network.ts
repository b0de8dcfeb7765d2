import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Sha256 } from '@pitwall/protocol';
import type { Network } from '../graph/index.js';
import { writeOnnx } from './onnx/index.js';

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
