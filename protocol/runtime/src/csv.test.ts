import { expect, it } from 'vitest';
import { csvOf, csvRecords } from './csv.js';
import { inHtml } from './html.js';

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
  expect(csvOf([['=1+1', '+1', '-1', '@a', '\tb', -1, 0, 1.5]])).toBe(`'=1+1,'+1,'-1,'@a,"'\tb",-1,0,1.5\r\n`);
  expect(csvOf([['=a,"b"'], ['x']])).toBe(`"'=a,""b"""\r\nx\r\n`);
  expect(csvOf([])).toBe('');
});

it('reads what it wrote, and what others write', () => {
  const rows = [
    ['alias', 'note'],
    ['Ada, "Apex"', 'two\r\nlines'],
    ['Bo', ''],
  ];
  const read = [
    { alias: 'Ada, "Apex"', note: 'two\r\nlines' },
    { alias: 'Bo', note: '' },
  ];
  expect(csvRecords(csvOf(rows))).toEqual(read);
  expect(csvRecords('\ufeffa, b\n1 ,2\n\n')).toEqual([{ a: '1', b: '2' }]);
  expect(csvRecords('a,b\r1,2\r')).toEqual([{ a: '1', b: '2' }]);
  expect(csvRecords('')).toEqual([]);
  expect(() => csvRecords('a,b\n1,2,3\n')).toThrow(/Record Length/);
});

it('says in HTML what is said, and no more', () => {
  expect(inHtml(`<b title="x">Tom & 'Jerry'</b>`)).toBe(
    '&lt;b title=&quot;x&quot;&gt;Tom &amp; &#39;Jerry&#39;&lt;/b&gt;',
  );
});
