import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Calls `use` with the path of a file that may be written, and removes what is there afterwards. */
export async function withTemporaryFile<T>(use: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'pitwall-model-'));
  try {
    return await use(join(folder, 'network.onnx'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
