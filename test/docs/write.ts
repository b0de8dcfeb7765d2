import { writeFileSync } from 'node:fs';
import { documents } from './tables.js';

for (const [file, text] of Object.entries(documents))
  writeFileSync(new URL(`../../../${file}`, import.meta.url), text());
