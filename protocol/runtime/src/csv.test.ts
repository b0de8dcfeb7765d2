import { expect, it } from 'vitest';
import { csvOf } from './index.js';

it('quotes what would end a cell or a row, and runs no formula', () => {
  const row = [
    'plain',
    'a,b',
    'say "hi"',
    'two\r\nlines',
    'two\nlines',
    'two\rlines',
    '',
    null,
    undefined,
    true,
    false,
  ];
  expect(csvOf([row])).toBe('plain,"a,b","say ""hi""","two\r\nlines","two\nlines","two\rlines",,,,true,false\r\n');
  expect(csvOf([['=1+1', '+1', '-1', '@a', '\tb', -1, 0, 1.5]])).toBe(`'=1+1,'+1,'-1,'@a,'\tb,-1,0,1.5\r\n`);
  expect(csvOf([['=a,"b"'], ['x']])).toBe(`"'=a,""b"""\r\nx\r\n`);
  expect(csvOf([])).toBe('');
});
