import { trackLimits } from './limits.js';
import { type Table, tableOf, type Wrong } from './table.js';

/**
 * Reads rows of numbers as people have them: comma, semicolon, tab or space between them, with or without a header, decimal
 * commas where another sign separates, brackets of a printed array, a column of row numbers as pandas writes it.
 * @throws what `wrong` makes, with the line
 */
export function readText(text: string, wrong: Wrong): Table {
  const notes: string[] = [];
  const rows: number[][] = [];
  let separator: Separator | undefined;
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const cells = line
      .replace(/#.*/, '')
      .replace(/[[\](){}"']/g, ' ')
      .trim();
    if (cells === '') continue;
    separator ??= separatorOf(cells);
    const fields = split(cells, separator);
    const numbers = fields.map((field) => numberOf(field, separator as Separator));
    const bad = fields[numbers.findIndex(Number.isNaN)]?.slice(0, 30);
    if (bad !== undefined) {
      const where = `"${bad.replace(/[^\x20-\x7e]/g, '?')}" in line ${index + 1}, which is no number`;
      if (rows.length > 0) throw wrong(`has ${where}.`);
      if (notes.length > 0) throw wrong(`holds no table: it has ${where}. Give a .npy, .csv, .txt or .json file.`);
      notes.push(`Line ${index + 1} is taken for a header.`);
      separator = undefined;
      continue;
    }
    if (rows.length > trackLimits.points) throw wrong(`has more than ${trackLimits.points} points.`);
    rows.push(numbers);
  }
  if (rows[0]?.every((value, i) => value === i) && rows.length > 4) {
    rows.shift();
    notes.push('Its first row counts the columns and is left out.');
  }
  const width = rows[0]?.length ?? 0;
  if (width === 0) throw wrong('holds no numbers. Give a .npy, .csv, .txt or .json file.');
  if ((width === 3 || width === 7) && rows.every((row, i) => row[0] === i && row.length === width)) {
    for (const row of rows) row.shift();
    notes.push('Its first column counts the rows and is left out.');
  }
  return tableOf(rows, wrong, notes);
}

type Separator = ',' | ';' | '\t' | ' ';

function separatorOf(line: string): Separator {
  if (line.includes(';')) return ';';
  if (line.includes('\t')) return '\t';
  return line.includes(',') ? ',' : ' ';
}

function split(line: string, separator: Separator): string[] {
  const fields = separator === ' ' ? line.split(/\s+/) : line.split(separator).map((field) => field.trim());
  // A comma at the end of a row of a printed list.
  while (fields.length > 1 && fields.at(-1) === '') fields.pop();
  return fields;
}

const numberOf = (field: string, separator: Separator): number =>
  field === '' ? Number.NaN : Number(separator === ',' || separator === ' ' ? field : field.replace(',', '.'));
