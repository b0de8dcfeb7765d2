import { existsSync, readdirSync } from 'node:fs';
import type { SimtraceRow } from '@pitwall/protocol/simtrace';
import { describe, expect, it } from 'vitest';
import {
  type JudgedEpisode,
  type JudgedRow,
  judgeLog,
  positionErrors,
  quantile,
  type ReplayReport,
  readSimtrace,
  readTrackAsIs,
  replay,
  steeringLags,
} from '../index.js';

const data = new URL('../../../../../shared/data/', import.meta.url);
const present = existsSync(data);
if (!present) {
  if (process.env.CI === 'true') throw new Error('The real logs are missing: ../shared/data must be there in CI.');
  console.log('skipped: the real simulator logs in ../shared/data are not here');
}

interface RealLog {
  readonly name: string;
  readonly rows: readonly SimtraceRow[];
  readonly report: ReplayReport;
  readonly episodes: readonly JudgedEpisode[];
}
const pathOf = (name: string) => new URL(name, data).pathname;
const load = (folder: string, trackOf: (name: string) => string): RealLog[] =>
  (present ? readdirSync(new URL(folder, data)) : []).map((file) => {
    const name = file.replace(/\.csv(\.gz)?$/, '');
    const { rows } = readSimtrace(pathOf(`${folder}${file}`));
    const track = readTrackAsIs(pathOf(`tracks/${trackOf(name)}.npy`)).track;
    return { name, rows, report: replay(rows, track), episodes: judgeLog(rows, track) };
  });
const slow = load('simtrace/', (name) => {
  if (name.startsWith('droa')) return 'Spain_track';
  return name.startsWith('training') ? 'reInvent2019_wide_ccw' : 'reinvent_base';
});
const fastTracks: Readonly<Record<string, string>> = {
  rogue: '2022_march_pro_ccw',
  ace: '2022_april_open_ccw',
  barcelona: 'Spain_track',
  reinvent: '2022_reinvent_champ_ccw',
  kuei: 'hamption_open',
  smile: 'reInvent2019_track_ccw',
};
const fast = load('simtrace-fast/', (name) => fastTracks[name.split('-')[1] as string] as string);
const logs = [...slow, ...fast];
const errorsOf = (ones: readonly RealLog[]) => ones.flatMap(({ rows }) => positionErrors(rows));

describe.skipIf(!present).each(logs.map((log) => [log.name, log] as const))(
  'the real log %s',
  (_, { rows, report, episodes }) => {
    it('has the progress that our projection on the centre line gives', () => {
      expect(report.rows).toBe(rows.length);
      expect(report.progressErrorPct.median).toBeLessThan(0.01);
      expect(report.progressErrorPct.max).toBeLessThan(0.5);
    });

    it('agrees on all wheels on the track', () => {
      expect(report.onTrackAgreement).toBeGreaterThanOrEqual(0.99);
    });

    it('leaves the track at the steps at which our rule finds it, give or take one', () => {
      expect(episodes.flatMap((episode) => episode.rows).map(({ row }) => row)).toEqual(rows);
      for (const episode of episodes) {
        const at = (fits: (row: JudgedRow) => boolean) => episode.rows.flatMap((row, i) => (fits(row) ? [i] : []));
        const logged = at(({ row }) => row.status === 'off_track');
        const found = at(({ leavesTrack }) => leavesTrack);
        const unmatched = (ones: readonly number[], others: readonly number[]) =>
          ones.filter((one) => !others.some((other) => Math.abs(other - one) <= 1));
        expect(unmatched(logged, found)).toEqual([]);
        expect(unmatched(found, logged)).toEqual([]);
      }
      expect(report.offTracks.found).toBe(report.offTracks.logged);
    });

    it('has the lap times that our progress gives', () => {
      for (const { loggedMs, computedMs } of report.laps)
        expect(Math.abs(loggedMs - computedMs)).toBeLessThanOrEqual(67);
    });
  },
);

describe.skipIf(!present)('the physics, with one set of constants, a second after any state', () => {
  it('are off by at most 0.15 m in the median and 0.36 m at 90% on the slow logs', () => {
    const errors = errorsOf(slow);
    expect(errors.length).toBeGreaterThan(8800);
    expect(quantile(errors, 0.5)).toBeLessThanOrEqual(0.15);
    expect(quantile(errors, 0.9)).toBeLessThanOrEqual(0.36);
  });

  it('are off by at most 0.16 m in the median and 0.42 m at 90% on the fast logs', () => {
    const errors = errorsOf(fast);
    expect(errors.length).toBeGreaterThan(18_800);
    expect(quantile(errors, 0.5)).toBeLessThanOrEqual(0.16);
    expect(quantile(errors, 0.9)).toBeLessThanOrEqual(0.42);
  });

  it.each(logs.map((log) => [log.name, log] as const))('are off by at most 0.25 m in the median on %s', (_, log) => {
    expect(log.report.positionErrorM.median).toBeLessThanOrEqual(0.25);
  });

  it('know by its rows that every fast log is of today’s steering, and no slow one', () => {
    expect(fast.map(({ report }) => report.steeringS)).toEqual(fast.map(() => steeringLags.now));
    expect(slow.filter(({ report }) => report.steeringS === steeringLags.now)).toEqual([]);
  });

  it('are told apart by speed: every state stands at one', () => {
    for (const { report, rows } of fast) {
      const states = report.bySpeed.map((one) => one.states).reduce((a, b) => a + b, 0);
      expect(states).toBe(positionErrors(rows).length);
      expect(report.bySpeed.length).toBeGreaterThanOrEqual(3);
    }
  });
});
