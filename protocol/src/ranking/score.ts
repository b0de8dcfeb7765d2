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
export interface ScoredLap extends CountedLap {
  readonly time: number;
  readonly penalty: number;
}

interface CountedLap {
  readonly lap: number;
  readonly uncertainty: number;
  readonly valid: boolean;
  /** One of so many equal parts of laps between which a crossing was missed: only all of them together were measured. */
  readonly part?: { readonly first: number; readonly of: number } | null | undefined;
}

/** What a valid lap took in all, µs. */
type TimeOf<Lap> = (lap: Lap) => number;

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
function validRuns<Lap extends CountedLap>(laps: readonly Lap[]): Lap[][] {
  const runs: Lap[][] = [];
  let run: Lap[] = [];
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
  readonly sum: number;
  readonly uncertainty: number;
}

function sumOf<Lap extends CountedLap>(laps: readonly Lap[], from: number, length: number, timeOf: TimeOf<Lap>): Sum {
  let [sum, uncertainty] = [0, 0];
  for (let index = from; index < from + length; index += 1) {
    const lap = laps[index] as Lap;
    sum += timeOf(lap);
    uncertainty += lap.uncertainty;
  }
  return { sum, uncertainty };
}

/** Whether so many neighbours hold only some of the parts that were measured together. */
function cutsPart<Lap extends CountedLap>(run: readonly Lap[], from: number, length: number): boolean {
  const [first, last] = [run[from] as Lap, run[from + length - 1] as Lap];
  if (first.part != null && first.lap !== first.part.first) return true;
  return last.part != null && last.lap !== last.part.first + last.part.of - 1;
}

/** The least sum of `length` neighbours in one run. */
function leastSum<Lap extends CountedLap>(
  runs: readonly Lap[][],
  length: number,
  timeOf: TimeOf<Lap>,
): Sum | undefined {
  let least: Sum | undefined;
  for (const run of runs)
    for (let from = 0; from + length <= run.length; from += 1) {
      if (cutsPart(run, from, length)) continue;
      const sum = sumOf(run, from, length, timeOf);
      if (least === undefined || sum.sum < least.sum) least = sum;
    }
  return least;
}

function ranked<Lap extends CountedLap>(runs: readonly Lap[][], metric: Metric, timeOf: TimeOf<Lap>): Sum | undefined {
  switch (metric.by) {
    case 'best-lap':
      return leastSum(runs, 1, timeOf);
    case 'average': {
      const least = leastSum(runs, metric.laps, timeOf);
      if (least === undefined) return undefined;
      return { sum: Math.floor(least.sum / metric.laps), uncertainty: Math.ceil(least.uncertainty / metric.laps) };
    }
    case 'total': {
      const first = runs.flat();
      return first.length < metric.laps ? undefined : sumOf(first, 0, metric.laps, timeOf);
    }
  }
}

/** What laps are worth; undefined where they do not qualify: too few valid ones, or too few of them consecutive. */
export const scoreOf = (laps: readonly ScoredLap[], rule: RankingRule): Score | undefined =>
  scoreBy(laps, rule, ({ time, penalty }) => time + penalty);

/** As {@link scoreOf}, of laps that tell their time in another way. */
export function scoreBy<Lap extends CountedLap>(
  laps: readonly Lap[],
  { ranking, qualifying }: RankingRule,
  timeOf: TimeOf<Lap>,
): Score | undefined {
  const runs = validRuns(laps);
  if (!runs.some((run) => run.length >= qualifying)) return undefined;
  const best = leastSum(runs, 1, timeOf);
  const counted = ranking.by === 'best-lap' ? best : ranked(runs, ranking, timeOf);
  if (counted === undefined || best === undefined) return undefined;
  return {
    score: counted.sum as Micros,
    bestLap: best.sum as Micros,
    uncertainty: counted.uncertainty as Micros,
  };
}
