import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

export type CsvCell = string | number | boolean | null | undefined;

/** What comes before CSV that a spreadsheet opens: without the mark it takes UTF-8 for an encoding of its language. */
export const excelMark = '\uFEFF';

/**
 * Rows as CSV (RFC 4180), each ended by CR LF; text that a spreadsheet would run as a formula gets an apostrophe before it.
 * `excel`: with {@link excelMark}.
 */
export const csvOf = (rows: readonly (readonly CsvCell[])[], { excel = false }: { excel?: boolean } = {}): string =>
  (excel ? excelMark : '') +
  stringify(
    rows.map((row) => [...row]),
    {
      record_delimiter: '\r\n',
      // Where it is not quoted, a line break of any kind ends a row, and readers take what a line has most of for what separates its cells.
      quoted_match: /[\r\n;\t]/,
      escape_formulas: true,
      cast: { boolean: String },
    },
  );

/**
 * CSV (RFC 4180, and any kind of line end) whose first row names the columns, as a record for each other row, without the spaces
 * round its cells. @throws Error of csv-parse for rows of other lengths and quotes in wrong places
 */
export const csvRecords = (text: string): Readonly<Record<string, string>>[] =>
  parse(text, { columns: true, trim: true, bom: true, skip_empty_lines: true });
