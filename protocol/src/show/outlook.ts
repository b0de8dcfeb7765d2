import type { Micros } from '../brand.js';
import type { RaceStanding, RaceState, RunState } from '../race/index.js';
import { placingMs } from '../ranking/index.js';
import { canQualify, firstLaps, normalBelow, type Pace, paceOf, type RunMoment, sum, trailing } from './pace.js';

/** Where a run that goes on will probably end. */
export interface Outlook {
  /** The racer's score afterwards, µs: as likely better as worse. */
  readonly score: Micros;
  /** In four of five such runs it is between these. */
  readonly from: Micros;
  readonly to: Micros;
  /** From 1, by `score`, `from` and `to`. */
  readonly place: number;
  readonly best: number;
  readonly worst: number;
  /** Laps that can still end; null: as many as one likes. */
  readonly lapsLeft: number | null;
}

/** What a place would take. */
export interface Needed {
  readonly place: number;
  /** Who has it. */
  readonly holder: RaceStanding;
  /** The slowest score that takes it, µs: a shown millisecond below the holder's, who came first. */
  readonly score: Micros;
  /** So many laps one after another, each on average in that time, µs. */
  readonly laps: number;
  readonly pace: Micros;
  /** From 0 to 1, if the racer goes on as before; 0 where no time is left for it. */
  readonly chance: number;
}

/** As many laps as one likes are told as if there were so many. */
const many = 20;

/**
 * Where a run will probably end, from its laps and sectors so far: laps as independent draws from one normal distribution, which
 * windows of consecutive laps are not quite. Null before a lap counts, after the run, and where it cannot qualify any more.
 */
export function outlookOf(race: RaceState, run: RunState, moment: RunMoment): Outlook | null {
  const model = modelOf(race, run, moment);
  if (model === null) return null;
  const [from, score, to] = [0.1, 0.5, 0.9].map((share) => quantile(model, share)) as [Micros, Micros, Micros];
  if (!Number.isFinite(score)) return null;
  const others = othersOf(race, run);
  const placeBy = (one: number) =>
    others.filter(({ score: has }) => placingMs(has as Micros) <= placingMs(Math.min(one, 1e12))).length + 1;
  return { score, from, to, place: placeBy(score), best: placeBy(from), worst: placeBy(to), lapsLeft: model.lapsLeft };
}

/** What it takes to reach a place that is better than the one the run has now. Null: it has that, or nobody holds it. */
export function neededFor(race: RaceState, run: RunState, place: number, moment: RunMoment): Needed | null {
  const holder = othersOf(race, run)[place - 1];
  if (holder === undefined) return null;
  const score = ((placingMs(holder.score as Micros) - 1) * 1000 + 999) as Micros;
  const own = ownScore(race, run);
  if (own !== null && own <= score) return null;
  const model = modelOf(race, run, moment);
  const { laps, pace } = paceFor(race, run, score, model?.lapsLeft ?? null);
  const lapsLeft = model === null ? null : model.lapsLeft;
  const isTooLate = lapsLeft !== null && lapsLeft < laps;
  const isTooFast = pace < race.setup.rules.plausible.min;
  const chance = model === null || isTooLate || isTooFast ? 0 : model.below(score);
  return { place, holder, score, laps, pace: pace as Micros, chance };
}

/** Which laps, and how fast, make a score: those that ask least of the racer. */
function paceFor(race: RaceState, run: RunState, score: number, lapsLeft: number | null) {
  const { ranking } = race.setup.rules;
  if (ranking.by === 'best-lap') return { laps: 1, pace: score };
  if (ranking.by === 'total') {
    const done = firstLaps(run, ranking.laps);
    const laps = Math.max(1, ranking.laps - done.length);
    return { laps, pace: Math.floor((score - sum(done)) / laps) };
  }
  const before = trailing(run);
  // A mean is cut to whole µs: the sum may be almost one more for each lap.
  const whole = (score + 1) * ranking.laps - 1;
  let best = { laps: ranking.laps, pace: Math.floor(whole / ranking.laps) };
  for (let kept = 1; kept <= Math.min(before.length, ranking.laps - 1); kept += 1) {
    const laps = ranking.laps - kept;
    const pace = Math.floor((whole - sum(before.slice(-kept))) / laps);
    const isTooLate = lapsLeft !== null && best.laps > lapsLeft && laps < best.laps;
    if (pace > best.pace || isTooLate) best = { laps, pace };
  }
  return best;
}

interface Model {
  readonly lapsLeft: number | null;
  /** What the racer has already, µs; Infinity: nothing. */
  readonly has: number;
  /** The share of runs that end with a score of `score` or better. */
  below(score: number): number;
  /** No score can be far outside of these, µs. */
  readonly range: readonly [number, number];
}

function modelOf(race: RaceState, run: RunState, moment: RunMoment): Model | null {
  if (run.racer === null || (run.phase !== 'running' && run.phase !== 'paused')) return null;
  const pace = paceOf(race, run, moment);
  if (pace === null || !canQualify(race, run, pace.lapsLeft)) return null;
  const has = ownScore(race, run) ?? Infinity;
  const { draws, range } = drawsOf(race, run, pace);
  // The pace itself is known from a few laps only: an error in it is the same for all laps to come.
  const below = (score: number): number =>
    score >= has ? 1 : sum(hermite.map(({ at, weight }) => weight * (1 - noneBelow(draws, score, at * pace.error))));
  return { lapsLeft: pace.lapsLeft, has, below, range };
}

/** Gauss–Hermite of five points for the standard normal distribution (Abramowitz and Stegun 25.10). */
const hermite = [
  { at: -2.85697, weight: 0.0112574 },
  { at: -1.355626, weight: 0.2220759 },
  { at: 0, weight: 0.5333333 },
  { at: 1.355626, weight: 0.2220759 },
  { at: 2.85697, weight: 0.0112574 },
];

interface Draw {
  readonly mean: number;
  readonly deviation: number;
  /** How much an error in the pace of a lap is one in this. */
  readonly share: number;
}

const noneBelow = (draws: readonly Draw[], score: number, error: number): number =>
  draws.reduce(
    (none, { mean, deviation, share }) => none * (1 - normalBelow(score, mean + share * error, deviation)),
    1,
  );

/** The scores that laps to come may make, each as the best of them counts. */
function drawsOf(
  race: RaceState,
  run: RunState,
  { mean, deviation, underWay, lapsLeft }: Pace,
): { draws: Draw[]; range: [number, number] } {
  const { ranking } = race.setup.rules;
  const left = Math.min(lapsLeft ?? many, many);
  const lap: Draw = { mean, deviation, share: 1 };
  const laps: Draw[] = Array.from({ length: left }, (_, index) =>
    index === 0 && underWay !== null ? { ...underWay, share: underWay.deviation / deviation } : lap,
  );
  const range = (count: number): [number, number] => [0, count * (mean + 8 * deviation)];
  if (ranking.by === 'best-lap') return { draws: laps, range: range(1) };
  const of = (draws: readonly Draw[], before: readonly number[], share: number): Draw => ({
    mean: (sum(before) + sum(draws.map((one) => one.mean))) / share,
    deviation: Math.sqrt(sum(draws.map((one) => one.deviation ** 2))) / share,
    share: sum(draws.map((one) => one.share)) / share,
  });
  if (ranking.by === 'total') {
    const done = firstLaps(run, ranking.laps);
    const missing = ranking.laps - done.length;
    return {
      draws: missing <= 0 || missing > left ? [] : [of(laps.slice(0, missing), done, 1)],
      range: range(ranking.laps),
    };
  }
  const before = trailing(run);
  const draws: Draw[] = [];
  for (let last = 1; last <= left; last += 1) {
    const fresh = laps.slice(Math.max(0, last - ranking.laps), last);
    const kept = ranking.laps - fresh.length;
    if (kept <= before.length) draws.push(of(fresh, kept === 0 ? [] : before.slice(-kept), ranking.laps));
  }
  return { draws, range: range(1) };
}

/** The score below which such a share of runs ends; Infinity where fewer do. */
function quantile(model: Model, share: number): number {
  let [low, high] = model.range;
  if (Number.isFinite(model.has)) high = Math.min(high, model.has);
  if (model.below(high) < share) return model.has;
  for (let step = 0; step < 50 && high - low > 1; step += 1) {
    const middle = (low + high) / 2;
    if (model.below(middle) < share) low = middle;
    else high = middle;
  }
  return Math.round(high);
}

function ownScore(race: RaceState, run: RunState): number | null {
  const before = race.standings.find(({ racer }) => racer === run.racer)?.score ?? null;
  return run.score === null ? before : Math.min(run.score, before ?? Infinity);
}

const othersOf = (race: RaceState, run: RunState): RaceStanding[] =>
  race.standings.filter(({ racer, score }) => racer !== run.racer && score !== null);
