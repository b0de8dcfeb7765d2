import { PitwallError } from '../errors.js';
import { type SimtraceColumn, type SimtraceRow, type StepStatus, simtraceColumns } from './simtrace.js';

/** What could be read of a log. */
export interface Simtrace {
  readonly rows: readonly SimtraceRow[];
  /** What was odd, and what was left out, a sentence each. */
  readonly notes: readonly string[];
}

/** Simulators of 2019 and 2020 did not write them. */
const later: ReadonlySet<SimtraceColumn> = new Set(['episode_status', 'pause_duration', 'obstacle_crash_counter']);
const required = simtraceColumns.filter((column) => !later.has(column));
const statuses: ReadonlySet<string> = new Set<StepStatus>([
  'prepare',
  'in_progress',
  'off_track',
  'crashed',
  'immobilized',
  'reversed',
  'pause',
  'lap_complete',
]);
/** What the simulators print each step into their own log, before it becomes a file: the columns, in their order. */
const printed = 'SIM_TRACE_LOG:';

interface Line {
  readonly text: string;
  /** In the file, from 1. */
  readonly number: number;
}

/** Where each column stands, and how many there are at least. */
interface Header {
  readonly at: Readonly<Record<SimtraceColumn, number>>;
  readonly width: number;
}

/**
 * Reads a simtrace log as it lies around, as far as it is good: torn, joined of several, without header, saved by a
 * spreadsheet (semicolons or tabs, decimal commas, byte order mark), or still in the log of a training.
 * @throws PitwallError `simtrace-invalid` where no row can be read, with the first row and its column
 */
export function parseSimtrace(text: string, what: string): Simtrace {
  const notes: string[] = [];
  const wrong = (why: string) => new PitwallError('simtrace-invalid', `${what} ${why}`);
  const { lines, whole } = linesOf(text, wrong, notes);
  const separator = separatorOf(lines[0]?.text ?? '');
  const cells = (line: string) => line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
  const decimal = separator === ',' ? (cell: string) => cell : (cell: string) => cell.replace(',', '.');

  const rows: SimtraceRow[] = [];
  const bad: PitwallError[] = [];
  let header = headerOf(cells(lines[0]?.text ?? ''));
  if (header === undefined && /^"?-?\d/.test(lines[0]?.text ?? '')) {
    header = plainHeader;
    if (!text.includes(printed)) notes.push('It has no header; its columns are taken to be the usual ones.');
  }
  if (header === undefined) throw wrong(whyNoLog(cells(lines[0]?.text ?? ''), text));
  let [joined, highest, shift, begins] = [0, -1, 0, true];
  let last: SimtraceRow | undefined;
  for (const [i, line] of lines.entries()) {
    const own = headerOf(cells(line.text));
    if (own !== undefined) {
      header = own;
      joined += 1;
      begins = true;
      continue;
    }
    try {
      const row = rowOf(cells(line.text), header, decimal, `${what}, row ${line.number}`);
      // The last line of a file that was cut may end in the middle of a word, or of the time.
      const cut = row.status === '' ? row.timeS < (rows.at(-1)?.timeS ?? 0) : !statuses.has(row.status);
      if (i === lines.length - 1 && !whole && cut) throw wrong(`is cut off in row ${line.number}.`);
      // Without a header between them, logs that were joined are told by their counting from the beginning again.
      if (!begins && last !== undefined && restarts(row, last)) {
        begins = true;
        joined = Math.max(1, joined) + 1;
      }
      last = row;
      // Logs that were joined count their episodes each from 0; two that follow each other are not one.
      if (begins) shift = row.episode <= highest ? highest + 1 - row.episode : 0;
      begins = false;
      rows.push(shift === 0 ? row : { ...row, episode: row.episode + shift });
      highest = Math.max(highest, row.episode + shift);
    } catch (error) {
      bad.push(error as PitwallError);
    }
  }
  const [first] = bad;
  if (rows.length === 0) throw first ?? wrong('holds no rows, only a header.');
  if (joined > 1) notes.push(`It is joined of ${joined} logs, whose episodes are counted on.`);
  if (first !== undefined) {
    notes.push(`${bad.length === 1 ? 'A row is' : `${bad.length} rows are`} left out: ${first.message}`);
  }
  return { rows, notes };
}

const restarts = (row: SimtraceRow, before: SimtraceRow): boolean =>
  row.episode < before.episode ||
  (row.episode === before.episode && row.step < before.step && row.timeS < before.timeS);

/** The lines that are rows or headers; `whole` where the last one has its end. */
function linesOf(
  given: string,
  wrong: (why: string) => PitwallError,
  notes: string[],
): { lines: Line[]; whole: boolean } {
  let text = given.startsWith('\uFEFF') ? given.slice(1) : given;
  const zeros = /\0+/.exec(text);
  if (zeros !== null) {
    const isEnd = text.slice(zeros.index).replaceAll('\0', '').trim() === '';
    notes.push(
      isEnd
        ? 'It ends in zeros, as after a loss of power; what stands before them is read.'
        : 'It has zeros in its middle, as after a loss of power; what stands around them is read.',
    );
    // No row goes on behind them.
    text = isEnd ? text.slice(0, zeros.index) : text.replace(/\0+/g, '\n');
  }
  const all = text.split(/\r\n|\n|\r/).map((line, i): Line => ({ text: line, number: i + 1 }));
  const whole = all.at(-1)?.text.trim() === '';
  const filled = all.filter((line) => line.text.trim() !== '');
  if (filled.length === 0) throw wrong('is empty.');
  if (!text.includes(printed)) return { lines: filled, whole };
  const lines = filled.flatMap(({ text: line, number }) => {
    const at = line.indexOf(printed);
    // Log viewers and cloud services put the rows into quotes, with the line's end written out.
    return at < 0 ? [] : [{ text: line.slice(at + printed.length).replace(/(?:\\[nrt])*["'].*$/, ''), number }];
  });
  notes.push(
    `It is the log of a training or an evaluation: its ${lines.length} SIM_TRACE_LOG lines are read, ${filled.length - lines.length} others left out.`,
  );
  return { lines, whole };
}

function separatorOf(line: string): string {
  if (line.includes(';')) return ';';
  return line.includes('\t') ? '\t' : ',';
}

function headerOf(cells: readonly string[]): Header | undefined {
  return required.some((column) => !cells.includes(column)) ? undefined : headerWith(cells);
}

const headerWith = (names: readonly string[]): Header => ({
  at: Object.fromEntries(simtraceColumns.map((column) => [column, names.indexOf(column)])) as Header['at'],
  width: names.length,
});
const plainHeader: Header = { ...headerWith(simtraceColumns), width: required.length };

function whyNoLog(cells: readonly string[], text: string): string {
  if (/rl_coach|gazebo|markov|roslaunch|SageMaker/i.test(text)) {
    return 'is the log of a training without a SIM_TRACE_LOG line; give the one of the simulation (robomaker).';
  }
  const missing = required.filter((column) => !cells.includes(column)).slice(0, 4);
  return `is no simtrace log: it has no column ${missing.join(', ')}. Columns are separated by commas, semicolons or tabs.`;
}

function rowOf(
  given: readonly string[],
  { at, width }: Header,
  decimal: (cell: string) => string,
  where: string,
): SimtraceRow {
  let fields = given;
  // Some simulators write a continuous action with a comma: "[12.3, 1.5]".
  const close = fields.findIndex((field) => /\]"?$/.test(field));
  if (close > at.action && /^"?\[/.test(fields[at.action] ?? '')) {
    const action = fields.slice(at.action, close + 1).join(' ');
    fields = [...fields.slice(0, at.action), action, ...fields.slice(close + 1)];
  }
  if (fields.length >= 2 * width - 1) {
    throw new PitwallError(
      'simtrace-invalid',
      `${where}: it has ${fields.length} columns in place of ${width}; two rows run together.`,
    );
  }
  if (fields.length < width) {
    throw new PitwallError('simtrace-invalid', `${where}: it has ${fields.length} of ${width} columns; it is cut off.`);
  }
  const textOf = (column: SimtraceColumn) => fields[at[column]];
  const number = (column: SimtraceColumn, fallback?: number): number => {
    const field = textOf(column);
    if (field === undefined && fallback !== undefined) return fallback;
    const value = Number(decimal(field ?? ''));
    if (field === undefined || field === '' || !Number.isFinite(value)) {
      const shown = (field ?? '').slice(0, 30).replace(/[^\x20-\x7e]/g, '?');
      throw new PitwallError('simtrace-invalid', `${where}: ${column} is "${shown}", not a number.`);
    }
    return value;
  };
  const action = textOf('action') ?? '';
  if (number('episode') < 0)
    throw new PitwallError('simtrace-invalid', `${where}: episode is ${number('episode')}; they count from 0.`);
  return {
    episode: number('episode'),
    step: number('steps'),
    x: number('X'),
    y: number('Y'),
    yawDeg: number('yaw'),
    steeringDeg: number('steer'),
    speedMps: number('throttle'),
    action: /^-?\d+(\.0)?$/.test(action) ? Number(action) : undefined,
    reward: number('reward'),
    done: isTrue(textOf('done')),
    allWheelsOnTrack: isTrue(textOf('all_wheels_on_track')),
    progressPct: number('progress'),
    waypoint: number('closest_waypoint'),
    trackLengthM: number('track_len'),
    timeS: number('tstamp'),
    status: textOf('episode_status') ?? '',
    pauseS: number('pause_duration', 0),
    crashes: number('obstacle_crash_counter', 0),
  };
}

const isTrue = (field: string | undefined) => /^(true|wahr|vrai)$/i.test(field ?? '') || field === '1';
