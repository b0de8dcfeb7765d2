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
      // A line break of any kind ends a row where it is not quoted.
      quoted_match: /[\r\n]/,
      escape_formulas: true,
      cast: { boolean: String },
    },
  );
