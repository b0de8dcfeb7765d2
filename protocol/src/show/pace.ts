import type { Lap, RaceState, RunState } from '../race/index.js';
import { scoreOf } from '../ranking/index.js';

/** What the clocks say at one moment, µs; null: there is no such clock, or nobody can know. */
export interface RunMoment {
  /** Of the run's time. */
  readonly left: number | null;
  /** How long the lap under way lasts. */
  readonly lap: number | null;
}

/** How somebody drives: laps as draws of one normal distribution, µs. */
export interface Pace {
  readonly mean: number;
  readonly deviation: number;
  /** How well `mean` is known: its own standard deviation. */
  readonly error: number;
  /** Of the lap under way, as its sectors have it so far; null: it says nothing yet, or there is none. */
  readonly underWay: { readonly mean: number; readonly deviation: number } | null;
  /** Laps that can still end, the one under way among them; null: as many as one likes. */
  readonly lapsLeft: number | null;
}

/** So many of the latest laps tell the pace: a car's battery, and a racer's hand, change within a run. */
const latest = 9;
/** Nobody drives more evenly than that, and of one or two laps nobody knows how evenly; parts of the mean. */
const least = { deviation: 0.005, unknown: 0.05 };

const isMeasured = (lap: Lap): lap is Lap & { readonly time: NonNullable<Lap['time']> } =>
  lap.valid && lap.time !== null;

/** How a run is driven, from its laps and sectors so far. Null before its first lap that counts. */
export function paceOf(race: RaceState, run: RunState, moment: RunMoment): Pace | null {
  const laps = run.laps.filter(isMeasured);
  const times = laps.slice(-latest).map(({ time }) => time);
  if (times.length === 0) return null;
  const mean = sum(times) / times.length;
  const deviation = Math.max(
    Math.sqrt(sum(times.map((time) => (time - mean) ** 2)) / Math.max(1, times.length - 1)),
    mean * (times.length < 3 ? least.unknown : least.deviation),
  );
  const underWay = lapUnderWay(run, laps, { mean, deviation });
  const error = deviation / Math.sqrt(times.length);
  return { mean, deviation, error, underWay, lapsLeft: lapsLeftOf(race, run, moment, underWay?.mean ?? mean) };
}

/** The sectors that are driven, and for the others the usual share of a lap. */
function lapUnderWay(
  { underWay }: RunState,
  laps: readonly Lap[],
  { mean, deviation }: Pick<Pace, 'mean' | 'deviation'>,
): Pace['underWay'] {
  const driven = underWay?.sectors.findLastIndex(({ time }) => time !== null) ?? -1;
  if (underWay === null || driven === -1) return null;
  const done = underWay.sectors.slice(0, driven + 1);
  if (done.some(({ time }) => time === null)) return null;
  const rests = laps.flatMap(({ time, sectors }) => {
    const before = sectors.slice(0, driven + 1).map(({ time: one }) => one);
    return time === null || before.length === 0 || before.includes(null) ? [] : [time - sum(before as number[])];
  });
  if (rests.length === 0) return null;
  const rest = sum(rests) / rests.length;
  return {
    mean: sum(done.map(({ time }) => time ?? 0)) + rest,
    deviation: deviation * Math.sqrt(Math.min(1, rest / mean)),
  };
}

function lapsLeftOf(race: RaceState, run: RunState, { left, lap }: RunMoment, next: number): number | null {
  const { lapLimit, graceLap } = race.setup.rules;
  const byCount = lapLimit === null ? null : Math.max(0, lapLimit - run.laps.length);
  const byTime = run.lastLap ? (graceLap && run.underWay !== null ? 1 : 0) : run.limit === null ? null : inTime();
  if (byTime === null) return byCount;
  return byCount === null ? byTime : Math.min(byCount, byTime);

  function inTime(): number | null {
    if (left === null) return null;
    const rest = Math.max(0, next - (lap ?? 0));
    if (left < rest) return graceLap && lap !== null ? 1 : 0;
    return 1 + Math.floor((left - rest) / next) + (graceLap ? 1 : 0);
  }
}

/** The valid laps at the end of a run, one after another, the last one last. */
export function trailing(run: RunState): number[] {
  const times: number[] = [];
  for (const lap of run.laps.toReversed()) {
    if (!isMeasured(lap)) break;
    times.unshift(lap.time);
  }
  return times;
}

/** The laps that a total counts so far. */
export const firstLaps = (run: RunState, count: number): number[] =>
  run.laps
    .filter(isMeasured)
    .slice(0, count)
    .map(({ time }) => time);

/** Whether a run has, or could still have, as many consecutive laps as the rules ask for. */
export function canQualify(race: RaceState, run: RunState, lapsLeft: number | null): boolean {
  const { qualifying } = race.setup.rules;
  const laps = run.laps.filter(isMeasured).map((lap) => ({ ...lap, time: lap.time - lap.penalty }));
  const has = scoreOf(laps, { ranking: { by: 'best-lap' }, qualifying }) !== undefined;
  return has || lapsLeft === null || trailing(run).length + lapsLeft >= qualifying;
}

export const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);

/** The share of a normal distribution below `x`. Abramowitz and Stegun 7.1.26: right to 1.5e-7. */
export function normalBelow(x: number, mean: number, deviation: number): number {
  const z = (x - mean) / (deviation * Math.SQRT2);
  const t = 1 / (1 + 0.3275911 * Math.abs(z));
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const erf = 1 - series * Math.exp(-z * z);
  return z < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
}
