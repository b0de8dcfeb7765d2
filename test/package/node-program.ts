import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { command, npm } from './command.js';
import { type Architecture, nodeVersion } from './programs.js';

/** Node as the npm registry has it, unpacked in the cache: `bin/node`, `include/` for addons, `LICENSE`. */
export function nodeProgram(cache: string, { node }: Architecture): string {
  const folder = join(cache, `${node.name}-${nodeVersion}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  npm(['pack', `${node.name}@${nodeVersion}`, '--pack-destination', cache]);
  const tarball = `${folder}.tgz`;
  const digest = createHash('sha512').update(readFileSync(tarball)).digest('base64');
  if (digest !== node.sha512) {
    rmSync(tarball);
    throw new Error(`${node.name} ${nodeVersion} is not what it was: its SHA-512 is ${digest}, not ${node.sha512}.`);
  }
  rmSync(`${folder}.new`, { recursive: true, force: true });
  mkdirSync(`${folder}.new`);
  command('tar', [
    '-xzf',
    tarball,
    '-C',
    `${folder}.new`,
    '--strip-components=1',
    'package/bin',
    'package/include',
    'package/LICENSE',
  ]);
  rmSync(tarball);
  renameSync(`${folder}.new`, folder);
  return folder;
}
