import { z } from 'zod';
import type { Micros } from '../brand.js';

const count = z.number().int().min(1).max(100);

/** What a ranking counts. `laps` of an average or a total are consecutive ones. */
export const Metric = z.discriminatedUnion('type', [
  z.object({ type: z.literal('best-lap') }),
  z.object({ type: z.literal('average'), laps: count }),
  z.object({ type: z.literal('total'), laps: count }),
]);
export type Metric = z.infer<typeof Metric>;

/** How a board ranks: by which metric, and how many consecutive valid laps a result needs to be ranked at all. */
export const RankingRule = z.object({ metric: Metric, qualifying: count.default(1) });
export type RankingRule = z.infer<typeof RankingRule>;

/** A lap as a ranking sees it. `penalty`, µs, is what the rules add to the measured time. */
export interface ScoredLap {
  readonly lap: number;
  readonly time: number;
  readonly penalty: number;
  readonly uncertainty: number;
  readonly valid: boolean;
}

export interface Score {
  /** What is ranked, µs. */
  readonly score: Micros;
  /** The fastest valid lap with its penalty, µs. */
  readonly bestLap: Micros;
  /** Of the score, µs. */
  readonly uncertainty: Micros;
}

/** In words, for people: "best lap", "average of 3 consecutive laps". */
export function metricInWords(metric: Metric): string {
  return metric.type === 'best-lap' ? 'best lap' : `${metric.type} of ${metric.laps} consecutive laps`;
}

/** Valid laps in runs of consecutive numbers: an invalid or missing lap ends one. */
function validRuns(laps: readonly ScoredLap[]): ScoredLap[][] {
  const runs: ScoredLap[][] = [];
  let previous: number | undefined;
  for (const lap of [...laps].filter(({ valid }) => valid).sort((a, b) => a.lap - b.lap)) {
    if (previous !== undefined && lap.lap === previous + 1) runs.at(-1)?.push(lap);
    else runs.push([lap]);
    previous = lap.lap;
  }
  return runs;
}

const timeOf = (lap: ScoredLap): number => lap.time + lap.penalty;

/** The least sum of `length` neighbours in one run, with the uncertainty of that sum. */
function leastSum(runs: readonly ScoredLap[][], length: number): { sum: number; uncertainty: number } | undefined {
  let least: { sum: number; uncertainty: number } | undefined;
  for (const run of runs) {
    for (let from = 0; from + length <= run.length; from += 1) {
      const laps = run.slice(from, from + length);
      const sum = laps.reduce((total, lap) => total + timeOf(lap), 0);
      const uncertainty = laps.reduce((total, lap) => total + lap.uncertainty, 0);
      if (least === undefined || sum < least.sum) least = { sum, uncertainty };
    }
  }
  return least;
}

/** What laps are worth; undefined where they do not qualify: too few consecutive valid ones. */
export function scoreOf(laps: readonly ScoredLap[], { metric, qualifying }: RankingRule): Score | undefined {
  const runs = validRuns(laps);
  if (!runs.some((run) => run.length >= qualifying)) return undefined;
  const length = metric.type === 'best-lap' ? 1 : metric.laps;
  const least = leastSum(runs, length);
  const best = leastSum(runs, 1);
  if (least === undefined || best === undefined) return undefined;
  const share = metric.type === 'average' ? length : 1;
  return {
    score: Math.floor(least.sum / share) as Micros,
    bestLap: best.sum as Micros,
    uncertainty: Math.ceil(least.uncertainty / share) as Micros,
  };
}
