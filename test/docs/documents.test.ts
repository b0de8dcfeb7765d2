import { readFileSync } from 'node:fs';
import { clientOperations } from '@pitwall/controller/forwarding';
import { protocols, worksWith } from '@pitwall/protocol';
import { expect, it } from 'vitest';
import { documents } from './tables.js';

it.each(Object.entries(documents))('%s lists what the code defines (npm run docs writes it)', (file, text) => {
  expect(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')).toBe(text());
});

it.each(Object.entries(clientOperations))('the document has what the client calls %s', (_name, { method, path }) => {
  const { paths } = JSON.parse(readFileSync(new URL('../../docs/api/openapi.json', import.meta.url), 'utf8'));
  expect(Object.keys(paths)).toContain(path);
  expect(Object.keys(paths[path])).toContain(method);
});

it('docs/install.md says which protocols work together', () => {
  const text = readFileSync(new URL('../../docs/install.md', import.meta.url), 'utf8');
  const rows = protocols.map((one) => {
    const others = protocols.filter((other) => worksWith(one, other)).map(({ number }) => number);
    return `| ${one.number} | ${one.since} | ${others.join(', ')} |`;
  });
  expect(text).toContain(`| protocol | since version | works with |\n|---|---|---|\n${rows.join('\n')}\n\n`);
});
