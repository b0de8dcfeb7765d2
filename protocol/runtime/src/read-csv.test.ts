import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvOf } from './csv.js';
import { CsvFault, readCsv } from './read-csv.js';

const limits = { mostRows: 100, longestCell: 50 };
const cellsOf = (text: string) => readCsv(text, limits).rows.map(({ cells }) => cells);

describe('CSV', () => {
  it.each<[string, string, string[][]]>([
    [
      'with commas',
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'with semicolons',
      'a;b\r\n1,5;2',
      [
        ['a', 'b'],
        ['1,5', '2'],
      ],
    ],
    [
      'with tabs',
      'a\tb\n1\t\n',
      [
        ['a', 'b'],
        ['1', ''],
      ],
    ],
    ['that names its separator', 'sep=;\r\na;b,c\r\n', [['a', 'b,c']]],
    [
      'with quotes',
      '"a,b","say ""hi"""\n"two\nlines",x\n',
      [
        ['a,b', 'say "hi"'],
        ['two\nlines', 'x'],
      ],
    ],
    [
      'with a comma in the quotes of its header',
      '"a,b,c";d\n1;2\n',
      [
        ['a,b,c', 'd'],
        ['1', '2'],
      ],
    ],
    [
      'with lines of nothing',
      'a,b\n\n,,\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'with line ends of a Mac',
      'a,b\r1,2\r',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['of nothing', '', []],
  ])('%s is read', (_what, text, rows) => {
    expect(cellsOf(text)).toEqual(rows);
  });

  it('says in which line a row begins', () => {
    expect(readCsv('a\n\n"x\ny"\nb\n', limits).rows.map(({ line }) => line)).toEqual([1, 3, 5]);
  });

  it.each([
    ['a,"b\nc', 'has a quote in row 1 that is never closed.'],
    [`a,${'x'.repeat(51)}`, 'has a cell of more than 50 characters in line 1.'],
    [`"${'x'.repeat(51)}"`, 'has a cell of more than 50 characters in line 1.'],
    ['a\n'.repeat(101), 'has more than 100 rows.'],
  ])('%j is refused', (text, why) => {
    expect(() => cellsOf(text)).toThrow(new CsvFault(why));
  });

  it('is read as it was written', () => {
    const cell = fc.string({ maxLength: 20 }).map((text) =>
      text
        .replace(/\r/g, '')
        .replace(/^[=+\-@\s]+/, '')
        .trim(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constant('row'), cell, cell), { maxLength: 8 }), (rows) => {
        expect(cellsOf(csvOf(rows))).toEqual(rows);
      }),
      { numRuns: 1000 },
    );
  });

  it('begins with a mark for spreadsheets where that is asked for', () => {
    expect(csvOf([['ü']], { excel: true })).toBe('\uFEFFü\r\n');
  });
});
