import type { Micros } from '../brand.js';
import { placingMs, scoreBy } from '../ranking/index.js';
import type { RaceReplay } from './replay.js';
import type { Doubt, Lap, LapMark, RaceState, RunState } from './state.js';

/** What a run would be worth. */
export interface Worth {
  /** µs, by the race's ranking; null where it does not qualify. */
  readonly score: Micros | null;
  /** From 1; null without a score. */
  readonly place: number | null;
}

/** A lap in doubt that changes what its run is worth. */
export interface OpenDoubt {
  readonly lap: number;
  /** The crossing that closes it. */
  readonly crossing: number;
  readonly doubt: Doubt;
  readonly time: Micros;
  /** As it stands: the lap does not count. */
  readonly without: Worth;
  /** If it counted; where that alone changes nothing, with the laps that are in doubt for the same crossing. */
  readonly counted: Worth;
  /** By the other reading of its crossings; null where there is none. */
  readonly other: Worth | null;
}

/** Marks of laps that say nothing of how fast a car can be. */
const unclean: ReadonlySet<LapMark> = new Set<LapMark>([
  'paused',
  'interrupted',
  'split',
  'from-paper',
  'by-hand',
  'missed-crossing',
  'too-uncertain',
]);

/** The race's fastest lap of a confirmed run that nobody doubts and in which nobody touched the car; null: none yet. */
export function fastestCleanLap(runs: readonly RunState[]): Micros | null {
  let fastest: Micros | null = null;
  for (const { phase, kind, laps } of runs) {
    if (phase !== 'confirmed' || kind !== 'timed') continue;
    for (const { valid, measured, resets, offTracks, doubt, marks } of laps) {
      const clean =
        valid && doubt === null && resets === 0 && offTracks === 0 && !marks.some((mark) => unclean.has(mark));
      if (clean && measured !== null && (fastest === null || measured < fastest)) fastest = measured;
    }
  }
  return fastest;
}

/** Laps that nobody decided about. */
export const isOpenDoubt = (lap: Lap): lap is Lap & { crossing: number; doubt: Doubt; time: Micros } =>
  lap.doubt !== null && lap.crossing !== null && lap.time !== null;

/**
 * The laps in doubt of a run that would change its score, its racer's place, or whether it qualifies, each with what it is worth either
 * way: what confirming asks about.
 */
export function doubtsThatMatter(replay: RaceReplay, runId: string): OpenDoubt[] {
  const { state } = replay;
  const run = state.runs.find((one) => one.runId === runId);
  if (run === undefined) return [];
  const without = worthOf(state, run, run.laps);
  const counting = (some: readonly Lap[]) =>
    worthOf(
      state,
      run,
      run.laps.map((lap) => (some.includes(lap) ? { ...lap, valid: true } : lap)),
    );
  const doubts: OpenDoubt[] = [];
  for (const lap of run.laps) {
    if (!isOpenDoubt(lap)) continue;
    const alone = counting([lap]);
    // Where one reading makes two laps, it may be worth something only with both.
    const counted = isSame(without, alone) ? counting(run.laps.filter((one) => isOneQuestion(lap, one))) : alone;
    const laps = lap.other.length === 0 ? null : replay.lapsIf(runId, lap.other);
    const other = laps === null ? null : worthOf(state, run, laps);
    if (isSame(without, counted) && (other === null || isSame(without, other))) continue;
    const { crossing, doubt, time } = lap;
    doubts.push({ lap: lap.lap, crossing, doubt, time, without, counted, other });
  }
  return doubts;
}

/** Two laps that are in doubt for the same crossing, which both end at or begin at. */
const isOneQuestion = (lap: Lap, other: Lap): boolean =>
  isOpenDoubt(other) &&
  (other === lap || other.other.some(({ crossing }) => lap.other.some((one) => one.crossing === crossing)));

const isSame = (a: Worth, b: Worth): boolean => a.score === b.score && a.place === b.place;

function worthOf({ setup, standings }: RaceState, { racer }: RunState, laps: readonly Lap[]): Worth {
  const worth = scoreBy(laps, setup.rules, ({ time }) => time ?? 0);
  if (worth === undefined) return { score: null, place: null };
  const { score } = worth;
  const before = standings.filter(
    (other) => other.racer !== racer && other.score !== null && placingMs(other.score) <= placingMs(score),
  );
  return { score, place: before.length + 1 };
}
