/** Writes the documentation as a site into the folder that the controller serves under `/docs/`. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { helpSite } from './site.js';

const repository = resolve(import.meta.dirname, '../../../..');
const out = join(repository, 'controller/web/help');
rmSync(`${out}.new`, { recursive: true, force: true });
for (const [file, content] of helpSite(repository)) {
  const path = join(`${out}.new`, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
rmSync(out, { recursive: true, force: true });
renameSync(`${out}.new`, out);
