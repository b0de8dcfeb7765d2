import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type JudgedRow,
  judgeLog,
  parseSimtrace,
  positionErrors,
  quantile,
  readTrack,
  replay,
  type SimtraceRow,
} from './index.js';

const data = new URL('../../../../shared/data/', import.meta.url);
const present = existsSync(data);
if (!present) {
  if (process.env.CI === 'true') throw new Error('The real logs are missing: ../shared/data must be there in CI.');
  console.log('skipped: the real simulator logs in ../shared/data are not here');
}

const trackOf = (log: string) => {
  if (log.startsWith('droa')) return 'Spain_track';
  return log.startsWith('training') ? 'reInvent2019_wide_ccw' : 'reinvent_base';
};
const names = present ? readdirSync(new URL('simtrace/', data)).map((file) => file.replace('.csv', '')) : [];
const read = (name: string): SimtraceRow[] =>
  parseSimtrace(readFileSync(new URL(`simtrace/${name}.csv`, data), 'utf8'), name);
const logs = names.map((name) => {
  const rows = read(name);
  const track = readTrack(new URL(`tracks/${trackOf(name)}.npy`, data).pathname);
  return { name, rows, report: replay(rows, track), episodes: judgeLog(rows, track) };
});
/** The logs to which the physics were fitted (see fit/main.ts). */
const fitted = ['discrete-a1', 'discrete-b2', 'console-1', 'training-continuous-11', 'training-continuous-13'];

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

    it('leaves the track at the steps at which our rule finds it, give or take two', () => {
      expect(episodes.flatMap((episode) => episode.rows).map(({ row }) => row)).toEqual(rows);
      for (const episode of episodes) {
        const at = (fits: (row: JudgedRow) => boolean) => episode.rows.flatMap((row, i) => (fits(row) ? [i] : []));
        const logged = at(({ row }) => row.status === 'off_track');
        const found = at(({ leavesTrack }) => leavesTrack);
        const unmatched = (ones: readonly number[], others: readonly number[]) =>
          ones.filter((one) => !others.some((other) => Math.abs(other - one) <= 2));
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

describe.skipIf(!present)('the physics', () => {
  it('are off by at most 0.17 m in the median and 0.42 m at 90% after 1 s, on logs they were not fitted to', () => {
    const errors = logs.filter(({ name }) => !fitted.includes(name)).flatMap(({ rows }) => positionErrors(rows));
    expect(errors.length).toBeGreaterThan(4000);
    expect(quantile(errors, 0.5)).toBeLessThanOrEqual(0.17);
    expect(quantile(errors, 0.9)).toBeLessThanOrEqual(0.42);
  });
});
