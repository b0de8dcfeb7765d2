import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProgramVersion } from '@pitwall/protocol';
import { z } from 'zod';

/** A fetched version, or the one of the package. */
const Version = z.union([ProgramVersion, z.literal('packaged')]);

/** The line by which the launcher (`firmware-config/portable/pitwall-agent`) knows which version to start. */
const Chosen = z.object({
  current: Version,
  previous: Version,
  /** `new`: not started yet; `trying`: started, and not yet up; `returned`: `previous` did not come up. */
  proof: z.enum(['new', 'trying', 'kept', 'returned']),
  /** The packaged version that it was chosen over. */
  over: ProgramVersion,
});
export type Chosen = z.infer<typeof Chosen>;

const file = (folder: string) => join(folder, 'chosen');

/** Undefined: the packaged version is in force. */
export function readChosen(folder: string, packaged: string): Chosen | undefined {
  let text: string;
  try {
    text = readFileSync(file(folder), 'utf8');
  } catch {
    return undefined;
  }
  const [current, previous, proof, over] = text.trim().split(' ');
  const read = Chosen.safeParse({ current, previous, proof, over });
  return read.success && over === packaged ? read.data : undefined;
}

/** On the disk when it returns, whole or not at all. */
export function writeChosen(folder: string, { current, previous, proof, over }: Chosen): void {
  writeFileSync(`${file(folder)}.new`, `${current} ${previous} ${proof} ${over}\n`, { mode: 0o644, flush: true });
  renameSync(`${file(folder)}.new`, file(folder));
  syncFolder(folder);
}

/** A name is on the disk when its folder is (fsync(2)). */
export function syncFolder(folder: string): void {
  const open = openSync(folder, 'r');
  try {
    fsyncSync(open);
  } finally {
    closeSync(open);
  }
}
