import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Home, Shipped } from './plan.js';

/** The repository's layout, from this file's build: `agent/dist/install/home.js`. */
const app = resolve(import.meta.dirname, '../../..');

/** Where this program lies. A package has `bin/node` beside `app`. */
export function homeOf(folder: string = app): Home {
  const architecture = process.arch;
  const packaged = join(folder, '..');
  const isPacked = existsSync(join(packaged, 'bin/node')) && existsSync(join(packaged, 'MANIFEST'));
  if (!isPacked)
    return { folder, isPackage: false, isPortable: false, architecture, command: 'agent/bin/pitwall-agent.js' };
  const isPackage = packaged === '/usr/lib/pitwall-agent';
  return { folder: packaged, isPackage, isPortable: !isPackage, architecture, command: 'bin/pitwall-agent' };
}

/** The texts that come with the program. */
export function shipped(folder: string = app): Shipped {
  const text = (file: string) => readFileSync(join(folder, 'firmware-config', file), 'utf8');
  return { unit: text('systemd/pitwall-agent.service'), rules: text('udev/60-pitwall-agent.rules') };
}
