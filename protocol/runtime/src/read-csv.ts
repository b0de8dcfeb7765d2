import { CsvError, parse } from 'csv-parse/sync';

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
  const linesBefore = told === null ? 0 : 1;
  const rows: CsvRow[] = [];
  let line = linesBefore + 1;
  for (const cells of recordsOf(text.slice(told?.[0].length ?? 0), separator, linesBefore)) {
    if (cells.some((cell) => cell.length > longestCell))
      throw new CsvFault(`has a cell of more than ${longestCell} characters in line ${line}.`);
    const said = cells.map((cell) => cell.trim());
    if (said.some((cell) => cell !== '')) rows.push({ line, cells: said });
    if (rows.length > mostRows) throw new CsvFault(`has more than ${mostRows} rows.`);
    line += 1 + cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
  }
  return { separator, rows };
}

function recordsOf(text: string, delimiter: string, linesBefore: number): string[][] {
  try {
    return parse(text, {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      // What follows a closing quote belongs to the cell; spreadsheets read it so.
      relax_quotes: true,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { records } = error as CsvError & { records?: number };
    if (error.code === 'CSV_QUOTE_NOT_CLOSED')
      throw new CsvFault(`has a quote in row ${linesBefore + (records ?? 0) + 1} that is never closed.`);
    throw new CsvFault(`is no table: ${error.message}`);
  }
}

/** By the first line, outside of quotes: the one that it has most of. */
function separatorOf(text: string): string {
  const line = (/^[^\r\n]*/.exec(text)?.[0] ?? '').replace(/"[^"]*"/g, '');
  const count = (sign: string) => line.split(sign).length;
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}
