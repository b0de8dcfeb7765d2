import { CsvFault, type CsvRow, readCsv } from '@pitwall/runtime/read-csv';
import { readDate } from './dates.js';
import { type FoundLap, type FoundRun, importLimits, type LapFile, wrong } from './found-laps.js';

/*
 * DREM, the event manager that races in person are run with, exports laps from its race admin: one row a lap, and one without
 * lap for a race without any. website/src/admin/race-admin/support-functions/csvExport.ts (CSV_HEADERS, racesToCSV) of
 * aws-solutions-library-samples/guidance-for-aws-deepracer-event-management
 */
const needed = ['race id', 'username', 'track', 'lap #', 'lap time (ms)', 'resets', 'valid'] as const;
const optional = ['user id', 'race date', 'lap time (s)'] as const;
type Column = (typeof needed)[number] | (typeof optional)[number];
/** Of the export of one row a racer (SUMMARY_HEADERS). */
const ofSummary = ['fastest lap (ms)', 'avg lap (ms)', 'completion ratio (%)'];

const longestLapMs = 3_600_000;
const mostLaps = 1000;

/** Whether a text begins as one of DREM's files. */
export const isDremFile = (begin: string): boolean =>
  /(^|[;,\t"])(race id|lap #|lap time \((ms|s)\)|fastest lap \(ms\))["]?([;,\t\r\n]|$)/im.test(begin);

/** A row as it stands. */
interface Row {
  readonly line: number;
  readonly of: (column: Column) => string;
}

/** @throws PitwallError `message-invalid` where nothing of it can be read. */
export function readDrem(text: string): LapFile {
  const { header, rows, decimalComma } = tableOf(text);
  const races = new Map<string, Row[]>();
  const leftOut: string[] = [];
  for (const { line, cells } of rows) {
    const row: Row = { line, of: (column) => cells[header.get(column) ?? -1] ?? '' };
    const id = row.of('race id');
    if (id === '') leftOut.push(`Row ${line} has no Race ID.`);
    else races.set(id, [...(races.get(id) ?? []), row]);
  }
  const runs: FoundRun[] = [];
  let withoutLaps = 0;
  for (const [id, own] of races) {
    try {
      const run = runOf(id, own, decimalComma);
      if (run.laps.length === 0) withoutLaps += 1;
      else runs.push(run);
    } catch (error) {
      if (!(error instanceof RowFault)) throw error;
      leftOut.push(`Race ${id.slice(0, 40)} is left out: row ${error.line}: ${error.message}`);
    }
  }
  if (withoutLaps > 0)
    leftOut.push(
      withoutLaps === 1 ? 'A race without a lap is left out.' : `${withoutLaps} races without a lap are left out.`,
    );
  if (runs.length === 0) throw wrong(`holds no laps that can be read. ${leftOut[0] ?? 'It has only a header.'}`);
  return { kind: 'drem', runs, leftOut };
}

function tableOf(text: string): {
  header: ReadonlyMap<Column, number>;
  rows: readonly CsvRow[];
  decimalComma: boolean;
} {
  const table = (() => {
    try {
      return readCsv(text, { mostRows: importLimits.rows, longestCell: importLimits.cell });
    } catch (cause) {
      throw cause instanceof CsvFault ? wrong(cause.message, cause) : cause;
    }
  })();
  const [first, ...rows] = table.rows;
  const names = (first?.cells ?? []).map((name) => name.toLowerCase());
  if (ofSummary.every((name) => names.includes(name)))
    throw wrong('is DREM’s summary, one row a racer and no laps; export the laps: race admin, Export CSV, laps.');
  const missing = needed.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw wrong(
      `lacks the column ${missing.map((name) => `"${name}"`).join(', ')} of DREM’s export of laps; export it again, and leave its header as it is.`,
    );
  const header = new Map([...needed, ...optional].map((name) => [name, names.indexOf(name)]));
  return { header, rows, decimalComma: table.separator !== ',' };
}

class RowFault extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

function runOf(id: string, rows: readonly Row[], decimalComma: boolean): FoundRun {
  const [first] = rows as [Row, ...Row[]];
  const common = ['username', 'track', 'race date'] as const;
  const laps: FoundLap[] = [];
  for (const row of rows) {
    const fault = (message: string) => new RowFault(row.line, message);
    for (const column of common)
      if (row.of(column) !== first.of(column))
        throw fault(
          `its ${column} is "${shown(row.of(column))}", that of row ${first.line} "${shown(first.of(column))}".`,
        );
    if (row.of('lap #') === '' && row.of('lap time (ms)') === '') continue;
    laps.push(lapOf(row, decimalComma, fault));
    if (laps.length > mostLaps) throw fault(`it is lap ${laps.length} of one race; ${mostLaps} are read.`);
    if (laps.some(({ lap }, at) => at < laps.length - 1 && lap === laps.at(-1)?.lap))
      throw fault(`the race has lap ${laps.at(-1)?.lap} twice.`);
  }
  const racer = first.of('username');
  if (racer === '') throw new RowFault(first.line, 'it has no Username.');
  const date = first.of('race date');
  const drivenAt = date === '' ? undefined : readDate(date);
  if (drivenAt === null)
    throw new RowFault(first.line, `Race Date is "${shown(date)}"; write it as 2026-05-30 or 2026-05-30T14:47:30Z.`);
  return {
    id,
    racer,
    track: first.of('track'),
    drivenAt,
    laps: laps.toSorted((a, b) => a.lap - b.lap),
  };
}

const yes = /^(true|wahr|vrai|verdadero|vero|1)$/i;
const no = /^(false|falsch|faux|falso|0)$/i;

function lapOf(row: Row, decimalComma: boolean, fault: (message: string) => RowFault): FoundLap {
  const number = (column: Column): number => {
    const cell = row.of(column);
    const value = Number(decimalComma ? cell.replace(',', '.') : cell);
    if (cell === '' || !Number.isFinite(value)) throw fault(`${titles[column]} is "${shown(cell)}", not a number.`);
    return value;
  };
  const whole = (column: Column, least: number, most: number): number => {
    const value = number(column);
    if (!Number.isInteger(value) || value < least || value > most)
      throw fault(`${titles[column]} is ${value}; it is a whole number from ${least} to ${most}.`);
    return value;
  };
  const lap = whole('lap #', 1, 100_000);
  const ms = number('lap time (ms)');
  if (ms <= 0 || ms > longestLapMs) throw fault(`Lap Time (ms) is ${ms}; a lap takes up to ${longestLapMs} ms.`);
  // Written twice by DREM, to the millisecond: where they differ, a spreadsheet took one for something else.
  if (row.of('lap time (s)') !== '' && Math.abs(number('lap time (s)') * 1000 - ms) > 1)
    throw fault(`Lap Time (ms) is ${ms}, but Lap Time (s) ${shown(row.of('lap time (s)'))}: one of them was changed.`);
  const valid = row.of('valid');
  if (!yes.test(valid) && !no.test(valid)) throw fault(`Valid is "${shown(valid)}"; it is true or false.`);
  return { lap, time: Math.round(ms * 1000), valid: yes.test(valid), resets: whole('resets', 0, 1000), offTracks: 0 };
}

const titles: Readonly<Record<Column, string>> = {
  'race id': 'Race ID',
  username: 'Username',
  'user id': 'User ID',
  track: 'Track',
  'race date': 'Race Date',
  'lap #': 'Lap #',
  'lap time (ms)': 'Lap Time (ms)',
  'lap time (s)': 'Lap Time (s)',
  resets: 'Resets',
  valid: 'Valid',
};

const shown = (cell: string): string => cell.slice(0, 40).replace(/[\p{Cc}\p{Cf}]/gu, '?');
