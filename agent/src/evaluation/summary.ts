import type { Micros } from '@pitwall/protocol';
import { type Score, scoreOf } from '@pitwall/protocol/ranking';
import { isComplete, type LapRecord, lapMicros } from './lap.js';
import type { EvaluationRules } from './rules.js';

/** What one checkpoint's laps come to. */
export interface CheckpointSummary {
  /** How the archive names it. */
  readonly checkpoint: string;
  /** The training iteration; absent in an archive with one network. */
  readonly number?: number;
  readonly meanProgressPct: number;
  /** Of the complete laps, µs; null without one. */
  readonly meanLap: Micros | null;
  readonly bestLap: Micros | null;
  readonly completeLaps: number;
  readonly resets: number;
  /** By the race's rules, µs; null where they are not met. */
  readonly score: Score | null;
  readonly laps: readonly LapRecord[];
}

export function summarise(
  named: { readonly checkpoint: string; readonly number?: number },
  laps: readonly LapRecord[],
  rules: EvaluationRules,
): CheckpointSummary {
  const times = laps.filter(isComplete).map(lapMicros);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    ...named,
    meanProgressPct: laps.length === 0 ? 0 : sum(laps.map(({ progressPct }) => progressPct)) / laps.length,
    meanLap: times.length === 0 ? null : (Math.round(sum(times) / times.length) as Micros),
    bestLap: times.length === 0 ? null : (Math.min(...times) as Micros),
    completeLaps: times.length,
    resets: sum(laps.map(({ resets }) => resets)),
    // The simulator's clock runs through penalties, so that they are in the times already.
    score:
      scoreOf(
        laps.map((lap) => ({
          lap: lap.lap,
          time: lapMicros(lap),
          penalty: 0,
          uncertainty: 0,
          valid: isComplete(lap),
        })),
        rules,
      ) ?? null,
    laps,
  };
}

/** The best checkpoint: mean progress, then mean lap time; of equal ones the newer. */
export function bestOf(summaries: readonly CheckpointSummary[]): CheckpointSummary | undefined {
  const time = ({ meanLap }: CheckpointSummary) => meanLap ?? Number.POSITIVE_INFINITY;
  return [...summaries].sort((a, b) => {
    const [timeA, timeB] = [time(a), time(b)];
    return (
      b.meanProgressPct - a.meanProgressPct ||
      (timeA === timeB ? 0 : timeA - timeB) ||
      (b.number ?? 0) - (a.number ?? 0)
    );
  })[0];
}
