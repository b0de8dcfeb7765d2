/** One row of a CSV file. */
export interface CsvRow {
  /** The line in the file where it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** A CSV file as read: what separates its cells, and its rows. */
export interface CsvTable {
  readonly separator: ',' | ';' | '\t';
  readonly rows: readonly CsvRow[];
}

/** Why a text is no CSV that is read, in words that follow the file's name. */
export class CsvFault extends Error {}

/**
 * Reads CSV as RFC 4180 has it and as spreadsheets save it: semicolons or tabs where the language wants them, a first line `sep=;`,
 * line ends of any kind. Rows without a cell that says anything are left out.
 * @throws CsvFault where a quote is not closed, or there are more than `mostRows` rows or `longestCell` characters in a cell
 */
export function readCsv(text: string, { mostRows, longestCell }: { mostRows: number; longestCell: number }): CsvTable {
  const told = /^sep=([,;\t])(?:\r\n|\n|\r)/i.exec(text);
  const separator = (told?.[1] ?? separatorOf(text)) as CsvTable['separator'];
  const rows: CsvRow[] = [];
  let line = told === null ? 1 : 2;
  let at = told?.[0].length ?? 0;
  while (at < text.length) {
    const begins = line;
    const cells: string[] = [];
    for (let ended = false; !ended; ) {
      let cell = '';
      if (text[at] === '"') {
        const from = line;
        for (at += 1; ; at += 1) {
          const sign = text[at];
          if (sign === undefined) throw new CsvFault(`has a quote in line ${from} that is never closed.`);
          if (sign === '"') {
            if (text[at + 1] !== '"') break;
            at += 1;
          }
          if (sign === '\n' || (sign === '\r' && text[at + 1] !== '\n')) line += 1;
          cell += sign;
          if (cell.length > longestCell) break;
        }
        at += 1;
      }
      const end = endOf(text, at, separator);
      cell += text.slice(at, end);
      if (cell.length > longestCell)
        throw new CsvFault(`has a cell of more than ${longestCell} characters in line ${begins}.`);
      cells.push(cell.trim());
      at = end + 1;
      ended = text[end] !== separator;
      if (ended && text[end] === '\r' && text[at] === '\n') at += 1;
    }
    line += 1;
    if (cells.some((cell) => cell !== '')) rows.push({ line: begins, cells });
    if (rows.length > mostRows) throw new CsvFault(`has more than ${mostRows} rows.`);
  }
  return { separator, rows };
}

function endOf(text: string, from: number, separator: string): number {
  for (let at = from; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === separator || sign === '\n' || sign === '\r') return at;
  }
  return text.length;
}

/** By the first line, outside of quotes: the one that it has most of. */
function separatorOf(text: string): string {
  const line = (/^[^\r\n]*/.exec(text)?.[0] ?? '').replace(/"[^"]*"/g, '');
  const count = (sign: string) => line.split(sign).length;
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}
