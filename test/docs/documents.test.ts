import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { documents } from './tables.js';

it.each(Object.entries(documents))('%s lists what the code defines (npm run docs writes it)', (file, text) => {
  expect(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')).toBe(text());
});
