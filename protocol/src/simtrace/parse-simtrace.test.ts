import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPitwallError } from '../errors.js';
import { formatSimtrace, parseSimtrace, type SimtraceRow } from './index.js';

const row = (step: number, over: Partial<SimtraceRow> = {}): SimtraceRow => ({
  ...{
    episode: 0,
    step,
    x: step / 10,
    y: 1.25,
    yawDeg: -3.5,
    steeringDeg: 12.5,
    speedMps: 1.5,
    action: 3,
    reward: 0.5,
  },
  ...{
    done: false,
    allWheelsOnTrack: true,
    progressPct: step / 4,
    waypoint: step,
    trackLengthM: 15.94,
    timeS: step / 16,
  },
  ...{ status: 'in_progress', pauseS: 0, crashes: 0, ...over },
});
const rows = Array.from({ length: 20 }, (_, i) => row(i + 1, i === 0 ? { status: 'prepare' } : {}));
const log = formatSimtrace(rows);
const lines = log.trimEnd().split('\n');
const printed = (line: string) => `[node-1] SIM_TRACE_LOG:${line}`;
/** As simulators of 2020 wrote it: no pause, no crashes. */
const of2020 = lines.map((line) => line.split(',').slice(0, 16).join(','));

function refusal(text: string): string {
  try {
    parseSimtrace(text, 'log.csv');
  } catch (error) {
    if (isPitwallError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'was accepted';
}

describe('a simtrace log', () => {
  it.each<[string, string, readonly SimtraceRow[], RegExp[]]>([
    ['as it was written', log, rows, []],
    ['with a byte order mark and Windows’ line ends', `\uFEFF${lines.join('\r\n')}\r\n`, rows, []],
    [
      'that a German spreadsheet saved',
      lines
        .map((line, i) => (i === 0 ? line : line.replaceAll('.', '#').replaceAll(',', ';').replaceAll('#', ',')))
        .join('\n')
        .replace(/^.*/, (header) => header.replaceAll(',', ';')),
      rows,
      [],
    ],
    ['with tabs', log.replaceAll(',', '\t'), rows, []],
    ['with every cell in quotes', lines.map((line) => line.replace(/[^,]+/g, '"$&"')).join('\n'), rows, []],
    [
      'with two rows run together',
      [...lines.slice(0, 10), `${lines[10]}${lines[11]}`, ...lines.slice(12)].join('\n'),
      [...rows.slice(0, 9), ...rows.slice(11)],
      [/A row is left out: log\.csv, row 11: it has 35 columns in place of 18; two rows run together/],
    ],
    [
      'joined of two without a header between them',
      [...lines.slice(0, 11), ...lines.slice(1)].join('\n'),
      [...rows.slice(0, 10), ...rows.map((one) => ({ ...one, episode: 1 }))],
      [/joined of 2 logs/],
    ],
    ['without its header', lines.slice(1).join('\n'), rows, [/has no header; its columns are taken to be the usual/]],
    ['with a column of row numbers', lines.map((line, i) => `${i === 0 ? '' : i - 1},${line}`).join('\n'), rows, []],
    [
      'cut in a number of its last row',
      log.slice(0, -60),
      rows.slice(0, -1),
      [/^A row is left out: log\.csv, row 21: .*cut off/],
    ],
    ['of 2020', of2020.join('\n'), rows, []],
    ['of 2020, cut in its last word', of2020.join('\n').slice(0, -3), rows.slice(0, -1), [/cut off in row 21/]],
    [
      'torn in the middle',
      [...lines.slice(0, 6), (lines[6] as string).slice(0, 20), ...lines.slice(7)].join('\n'),
      rows.filter((_, i) => i !== 5),
      [/^A row is left out: log\.csv, row 7: it has \d of 18 columns/],
    ],
    [
      'with zeros in its middle',
      [
        ...lines.slice(0, 6),
        `${(lines[6] as string).slice(0, 9)}\0\0\0${(lines[9] as string).slice(9)}`,
        ...lines.slice(10),
      ].join('\n'),
      rows.filter((_, i) => i < 5 || i > 8),
      [/has zeros in its middle/, /^2 rows are left out: log\.csv, row 7: it has \d of 18 columns/],
    ],
    ['that ends in zeros', `${log}${'\0'.repeat(500)}`, rows, [/ends in zeros/]],
    [
      'joined of two',
      log + log,
      [...rows, ...rows.map((one) => ({ ...one, episode: 1 }))],
      [/joined of 2 logs, whose episodes are counted on/],
    ],
    [
      'inside the log of a training',
      ['Starting gazebo', ...lines.slice(1).map(printed), 'Saved a checkpoint'].join('\n'),
      rows,
      [/its 20 SIM_TRACE_LOG lines are read, 2 others left out/],
    ],
    [
      'as a cloud’s log service gives it',
      `{"events": [\n${lines
        .slice(1)
        .map((line) => `{"timestamp": 1, "message": "[node-1] SIM_TRACE_LOG:${line}\\n"}`)
        .join(',\n')}\n]}`,
      rows,
      [/SIM_TRACE_LOG lines are read/],
    ],
    [
      'with continuous actions of two numbers',
      log.replaceAll(',3,0.5', ',[12.5, 1.5],0.5'),
      rows.map((one) => ({ ...one, action: undefined })),
      [],
    ],
  ])('%s is read as far as it is good', (_what, text, expected, notes) => {
    const read = parseSimtrace(text, 'log.csv');
    expect(read.rows).toEqual(expected);
    expect(read.notes).toEqual(notes.map((note) => expect.stringMatching(note)));
  });

  it.each<[string, string, RegExp]>([
    ['is empty', ' \n', /log\.csv is empty/],
    ['is only a header', `${lines[0]}\n`, /holds no rows, only a header/],
    [
      'is something else',
      'a,b\n1,2\n',
      /has no column episode, steps, X, Y\. Columns are separated by commas, semicolons/,
    ],
    ['is the log of a training without its rows', 'Starting gazebo\nrl_coach\n', /without a SIM_TRACE_LOG line/],
    ['has not one good row', `${lines[0]}\n0,1.0,x\n`, /row 2: it has 3 of 18 columns/],
    ['is binary', `${lines[0]}\n0,\u0001\u0002,,,,,,,,,,,,,,,,\n`, /row 2: steps is "\?\?", not a number/],
  ])('that %s is refused', (_what, text, message) => {
    expect(refusal(text)).toMatch(/^simtrace-invalid: /);
    expect(refusal(text)).toMatch(message);
  });

  it('cut anywhere is read up to there, or refused with a sentence', () => {
    fc.assert(
      fc.property(
        fc.nat(log.length),
        fc.constantFrom(...['', '\0\0', '\n', 'garbage', lines[0] as string]),
        (at, tail) => {
          const text = log.slice(0, at) + tail;
          try {
            const read = parseSimtrace(text, 'log.csv').rows;
            const whole = log.slice(0, at).split('\n').length - 2;
            // All rows that are whole, as they were; of the cut one at most a number may have lost its last digits.
            expect(read.slice(0, whole)).toEqual(rows.slice(0, whole));
            expect(read.length).toBeLessThanOrEqual(whole + 1);
          } catch (error) {
            if (!isPitwallError(error)) throw error;
            expect(error.code).toBe('simtrace-invalid');
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('of any text is read or refused with a sentence', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.boolean(), (noise, headed) => {
        expect(refusal(headed ? `${lines[0]}\n${noise}` : noise)).toMatch(
          /^(was accepted|simtrace-invalid: .{1,400}$)/s,
        );
      }),
      { numRuns: 200 },
    );
  });
});
