import { expect, test } from 'vitest';
import guide from '../../../../docs/marshal.md?raw';
import { keys } from './actions.js';
import { stopKey } from './use-keys.js';

test('the guide lists every key of the page, and no other', () => {
  const table = guide.slice(guide.indexOf('## Keys'), guide.indexOf('A key that is held down'));
  const listed = [...table.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell]) => cell?.trim() ?? '').slice(1);
  const named = Object.values(keys).map((key) => (key === ' ' ? 'space' : key));
  expect(listed.flatMap((cell) => cell.toLowerCase().split(', ')).sort()).toEqual(
    [...named, stopKey.toLowerCase()].sort(),
  );
});
