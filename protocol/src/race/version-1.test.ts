import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { LogRecord } from './events.js';
import { type RunState, reduce } from './index.js';

/**
 * Logs of four races that were made, and what they came to, by the code of before crossings were read as they are now (the commit
 * before ab84d601): short and missed crossings, pauses, resets, technical stops, corrections and their undoing; two races are official.
 */
const logs = JSON.parse(
  readFileSync(new URL('../../testing/version-1-logs.json', import.meta.url), 'utf8'),
) as readonly {
  readonly records: readonly Pick<LogRecord, 'at' | 'epoch' | 'event'>[];
  readonly state: unknown;
}[];

const runOf = ({ phase, score, bestLap, laps, crossings }: RunState) => ({
  phase,
  score,
  bestLap,
  laps: laps.map(({ ended, time, valid, marks }) => [ended, time, valid, [...marks].sort()]),
  crossings: crossings.map(({ use }) => use),
});

it.each(logs.map((log, index) => [index + 1, log] as const))(
  'log %i of an older version comes to what it came to then',
  (_number, { records, state }) => {
    const { phase, standings, runs, logVersion } = reduce(
      records.map((record, index) => ({ ...record, race: 'old', seq: index + 1 }) as LogRecord),
    );
    expect(logVersion).toBe(1);
    expect({
      phase,
      standings: standings.map(({ racer, rank, score, bestLap }) => [racer, rank, score, bestLap]),
      runs: runs.map(runOf),
    }).toEqual(state);
  },
);
