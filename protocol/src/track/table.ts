import { PitwallError } from '../errors.js';
import { trackLimits } from './limits.js';

/** Numbers in rows, as a file had them. */
export interface Table {
  readonly rows: number;
  readonly columns: number;
  /** Row by row. */
  readonly values: Float64Array;
  /** What was odd about the file, a sentence each. */
  readonly notes: readonly string[];
}

/** Makes the error for a file, of the sentence's second half. */
export type Wrong = (why: string, cause?: unknown) => PitwallError;

export const wrongOf =
  (name: string): Wrong =>
  (why, cause) =>
    new PitwallError('track-invalid', `The track ${name} ${why}`, cause === undefined ? {} : { cause });

/** Rows of one length. @throws what `wrong` makes where they differ. */
export function tableOf(rows: readonly (readonly number[])[], wrong: Wrong, notes: readonly string[] = []): Table {
  const columns = rows[0]?.length ?? 0;
  const odd = rows.findIndex((row) => row.length !== columns);
  if (odd >= 0) throw wrong(`has ${columns} numbers in row 1 and ${rows[odd]?.length} in row ${odd + 1}.`);
  const values = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    values.set(row, i * columns);
  });
  return { rows: rows.length, columns, values, notes };
}

/** @throws what `wrong` makes: before the values are read. */
export function demandRows(rows: number, columns: number, wrong: Wrong): void {
  if ([2, 3, 6].includes(rows) && columns > 6) {
    throw wrong(`has ${rows} rows and ${columns} columns: it lies on its side; save it as array.T.`);
  }
  if (![2, 3, 6].includes(columns)) {
    throw wrong(
      `has ${columns} columns; it needs 6 (centre x, y, inner x, y, outer x, y), or 2 or 3 for a line without borders.`,
    );
  }
  if (rows < 4 || rows > trackLimits.points) {
    throw wrong(`has ${rows} points; it needs 4 to ${trackLimits.points}.`);
  }
}
