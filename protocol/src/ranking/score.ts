import { z } from 'zod';
import type { Micros } from '../brand.js';

const count = z.number().int().min(1).max(100);

/** What a ranking counts, always a time, the smaller the better. */
export const Metric = z.discriminatedUnion('by', [
  z.object({ by: z.literal('best-lap') }),
  /** Mean of the best so many consecutive valid laps. */
  z.object({ by: z.literal('average'), laps: count }),
  /** Sum of the first so many valid laps. */
  z.object({ by: z.literal('total'), laps: count }),
]);
export type Metric = z.infer<typeof Metric>;

/** How a board ranks: by which metric, and how many consecutive valid laps a result needs to be ranked at all. */
export interface RankingRule {
  readonly ranking: Metric;
  readonly qualifying: number;
}

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
  if (metric.by === 'best-lap') return 'best lap';
  return metric.by === 'average' ? `average of ${metric.laps} consecutive laps` : `total of ${metric.laps} laps`;
}

/** Valid laps in runs of consecutive numbers: an invalid or missing lap ends one. */
function validRuns(laps: readonly ScoredLap[]): ScoredLap[][] {
  const runs: ScoredLap[][] = [];
  let run: ScoredLap[] = [];
  for (const lap of laps.filter(({ valid }) => valid).sort((a, b) => a.lap - b.lap)) {
    const before = run.at(-1);
    if (before === undefined || lap.lap !== before.lap + 1) {
      run = [];
      runs.push(run);
    }
    run.push(lap);
  }
  return runs;
}

interface Sum {
  sum: number;
  uncertainty: number;
}

/** Of `length` neighbours in a run. A race of many laps asks it for each of them: it goes easy on memory. */
function sumOf(laps: readonly ScoredLap[], from: number, length: number): Sum {
  const total: Sum = { sum: 0, uncertainty: 0 };
  for (let index = from; index < from + length; index += 1) {
    const { time, penalty, uncertainty } = laps[index] as ScoredLap;
    total.sum += time + penalty;
    total.uncertainty += uncertainty;
  }
  return total;
}

/** The least sum of `length` neighbours in one run. */
function leastSum(runs: readonly ScoredLap[][], length: number): Sum | undefined {
  let least: Sum | undefined;
  for (const run of runs)
    for (let from = 0; from + length <= run.length; from += 1) {
      const sum = sumOf(run, from, length);
      if (least === undefined || sum.sum < least.sum) least = sum;
    }
  return least;
}

function ranked(runs: readonly ScoredLap[][], metric: Metric): Sum | undefined {
  switch (metric.by) {
    case 'best-lap':
      return leastSum(runs, 1);
    case 'average': {
      const least = leastSum(runs, metric.laps);
      if (least === undefined) return undefined;
      return { sum: Math.floor(least.sum / metric.laps), uncertainty: Math.ceil(least.uncertainty / metric.laps) };
    }
    case 'total': {
      const first = runs.flat();
      return first.length < metric.laps ? undefined : sumOf(first, 0, metric.laps);
    }
  }
}

/** What laps are worth; undefined where they do not qualify: too few valid ones, or too few of them consecutive. */
export function scoreOf(laps: readonly ScoredLap[], { ranking, qualifying }: RankingRule): Score | undefined {
  const runs = validRuns(laps);
  if (!runs.some((run) => run.length >= qualifying)) return undefined;
  const counted = ranked(runs, ranking);
  const best = leastSum(runs, 1);
  if (counted === undefined || best === undefined) return undefined;
  return {
    score: counted.sum as Micros,
    bestLap: best.sum as Micros,
    uncertainty: counted.uncertainty as Micros,
  };
}
