import type { LogRecord, RunState, Stamp } from '@pitwall/protocol/race';

/** A lap as it counts. */
export interface CountedLap {
  readonly lap: number;
  /** µs. */
  readonly time: number;
  readonly valid: boolean;
  /** When it ended, ms since 1970. */
  readonly at: number;
}

/** When a run was, by the controller's wall clock, ms since 1970, and its laps. */
export interface RunTime {
  readonly from: number;
  readonly to: number;
  readonly laps: readonly CountedLap[];
}

/** So much is shown of before and after, ms: the light before the start, and how it came to stand. */
const margin = { before: 2000, after: 2000 };

/** @returns undefined where it never started, or where the log does not tell when: its clock restarted meanwhile */
export function runTimeOf(run: RunState, records: readonly LogRecord[]): RunTime | undefined {
  const begun = records.find(({ event }) => event.type === 'run-started' && event.runId === run.runId);
  if (begun === undefined || run.overAt === null) return undefined;
  const over = epochOf(run.overAt, records);
  if (over === undefined) return undefined;
  const laps = run.laps.flatMap(({ lap, time, valid, crossing }) => {
    const closed = run.crossings.find(({ seq }) => seq === crossing);
    const at = closed === undefined ? undefined : epochOf(closed.at, records);
    return time === null || at === undefined ? [] : [{ lap, time, valid, at }];
  });
  return { from: begun.epoch - margin.before, to: over + margin.after, laps };
}

/** The wall clock may have been set meanwhile: the record next to it tells. */
function epochOf({ bootId, at }: Stamp, records: readonly LogRecord[]): number | undefined {
  const near = (record: LogRecord) => Math.abs(record.at.at - at);
  const known = records.filter((record) => record.at.bootId === bootId);
  const [first] = known;
  if (first === undefined) return undefined;
  const nearest = known.reduce((best, one) => (near(one) < near(best) ? one : best), first);
  return nearest.epoch + (at - nearest.at.at) / 1000;
}
