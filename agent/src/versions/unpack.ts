import { createHash } from 'node:crypto';
import { open, readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { PitwallError } from '@pitwall/protocol';
import type { ReleaseName } from '@pitwall/protocol/messages';
import { runProgram } from './run-program.js';
import type { StagingPlace } from './version-folder.js';

/**
 * Unpacks a signed archive, compares every file with its MANIFEST, and brings all of it onto the disk.
 * @throws PitwallError `release-invalid`, and what the disk says
 */
export async function unpackWhole(
  { archive, tree }: StagingPlace,
  { version, architecture }: ReleaseName,
): Promise<void> {
  // Without the folder that it is packed in, and with this user as owner.
  const args = ['-xzf', archive, '-C', tree, '--strip-components=1', '--no-same-owner'];
  const { code, said } = await runProgram('tar', args);
  if (code !== 0) {
    if (/No space left/.test(said)) throw Object.assign(new Error(said), { code: 'ENOSPC' });
    throw new PitwallError(
      'release-invalid',
      `The archive of version ${version} cannot be unpacked: ${said.slice(0, 300)}`,
    );
  }
  const text = await readFile(join(tree, 'ARCHITECTURE'), 'utf8').catch(() => '');
  if (text.trim() !== architecture)
    throw new PitwallError('release-invalid', `The archive of version ${version} is not for linux-${architecture}.`);
  await demandAsListed(tree, version);
}

async function demandAsListed(tree: string, version: string): Promise<void> {
  const manifest = await readFile(join(tree, 'MANIFEST'), 'utf8').catch(() => '');
  const listed = new Map([...manifest.matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm)].map(([, hash, file]) => [file, hash]));
  const invalid = (file: string) =>
    new PitwallError(
      'release-invalid',
      `Version ${version} is not whole: ${file} is not what its MANIFEST says. Update once more; where that does not help, the disk is bad.`,
    );
  const folders = [tree];
  for (const entry of await readdir(tree, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) folders.push(path);
    if (!entry.isFile()) continue;
    const file = relative(tree, path);
    const hash = await hashOntoDisk(path);
    if (file === 'MANIFEST') continue;
    if (listed.get(file) !== hash) throw invalid(file);
    listed.delete(file);
  }
  for (const [missing] of listed) throw invalid(missing!);
  // The inner ones first: a folder is on the disk when what it names is.
  for (const folder of folders.reverse()) await syncPath(folder);
}

async function hashOntoDisk(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const sum = createHash('sha256');
    for await (const chunk of file.createReadStream({ autoClose: false })) sum.update(chunk as Buffer);
    await file.sync();
    return sum.digest('hex');
  } finally {
    await file.close();
  }
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}
