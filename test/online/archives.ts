import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeConstantArchive } from '@pitwall/agent/testing/constant-archive';

/** A training archive whose only checkpoint always wants the first of the actions. */
export async function archiveOf(
  actions: readonly { readonly steeringDeg: number; readonly speedMps: number }[],
): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-archive-'));
  try {
    const file = join(folder, 'model.tar.gz');
    await writeConstantArchive(file, actions, { 1: 0 });
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
