import type { Micros } from '../brand.js';
import type { RaceRules } from './rules.js';

/** What one run is timed by: the race's rules, its timing set-up, and what the race knew when the run was called. */
export interface RunRules extends RaceRules {
  /** How many splits the course has. */
  readonly splits: number;
  /** No lap is shorter, µs. */
  readonly min: Micros;
  /** A lap that just opened is not so short, µs: half of the race's fastest. */
  readonly floor: Micros;
  /** Null where no run was confirmed, µs. */
  readonly fastest: Micros | null;
  /** Practice: nobody is asked. */
  readonly asks: boolean;
  /** More than one car is on the track: no laps. */
  readonly several: boolean;
}

/** What was made last of some rules: a race has many runs, and nearly all are timed alike. */
const made = new WeakMap<RaceRules, RunRules>();

/** No lap takes less than such a part of the race's fastest, right after something was put on the track. */
export const ofFastest = 0.5;

/** @param fastest the race's fastest confirmed clean lap when the run was called; null: none yet */
export function runRules(
  rules: RaceRules,
  splits: number,
  { fastest = null, asks = true, several = false }: { fastest?: Micros | null; asks?: boolean; several?: boolean } = {},
): RunRules {
  const last = made.get(rules);
  if (last?.splits === splits && last.fastest === fastest && last.asks === asks && last.several === several)
    return last;
  const { min } = rules.plausible;
  const floor = Math.max(min, fastest === null ? 0 : Math.floor(fastest * ofFastest)) as Micros;
  const all = { ...rules, splits, min, floor, fastest, asks, several };
  made.set(rules, all);
  return all;
}
