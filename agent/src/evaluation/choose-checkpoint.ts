import { type Micros, percentText } from '@pitwall/protocol';
import { lapTime, type Metric, metricInWords, type Score, scoreOf } from '@pitwall/protocol/ranking';
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

/**
 * The best checkpoint, and why in one sentence: of those that qualify, by the race's ranking; where none does, by mean progress,
 * then mean lap time. Of equal ones the newer. Undefined without a checkpoint.
 */
export function bestCheckpoint(
  summaries: readonly CheckpointSummary[],
  ranking: Metric,
): { readonly best: CheckpointSummary; readonly because: string } | undefined {
  const qualified = summaries.filter(({ score }) => score !== null);
  const newer = (a: CheckpointSummary, b: CheckpointSummary) => (b.number ?? 0) - (a.number ?? 0);
  const [best] =
    qualified.length > 0
      ? qualified.toSorted((a, b) => compare(a.score?.score, b.score?.score) || newer(a, b))
      : summaries.toSorted(
          (a, b) =>
            b.meanProgressPct - a.meanProgressPct ||
            compare(a.meanLap ?? undefined, b.meanLap ?? undefined) ||
            newer(a, b),
        );
  return best === undefined
    ? undefined
    : { best, because: reasonFor(best, qualified.length, summaries.length, ranking) };
}

function reasonFor(best: CheckpointSummary, qualified: number, all: number, ranking: Metric): string {
  if (all === 1) return 'The model was tried with no other.';
  if (best.score === null) {
    return `None of the ${all} checkpoints qualifies; it came furthest, ${percentText(best.meanProgressPct, 1)} on average.`;
  }
  const counted = `${metricInWords(ranking)}, ${lapTime(best.score.score)}`;
  return qualified === 1
    ? `It is the only one of ${all} checkpoints that qualifies (${counted}).`
    : `It ranks first by what the race counts, ${counted}, of the ${qualified} of ${all} checkpoints that qualify.`;
}

/** The smaller first, nothing last. */
const compare = (a = Number.POSITIVE_INFINITY, b = Number.POSITIVE_INFINITY): number => (a === b ? 0 : a - b);
