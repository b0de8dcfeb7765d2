import type { Micros } from '../brand.js';
import type { RaceStanding, RaceState, RunState } from '../race/index.js';
import { placingMs } from '../ranking/index.js';

export interface Place {
  /** From 1. */
  readonly place: number;
  /** The better of this run's score and what the racer has already, µs. */
  readonly score: Micros;
  /** Who is one place better; null at the first. */
  readonly ahead: RaceStanding | null;
  /** To `ahead`, µs of what is shown of both; 0 at the first. */
  readonly gap: Micros;
  /** How many others have a score. */
  readonly others: number;
}

/** Where a run's racer would stand if it ended and counted as it is now. Null: it has no score yet. */
export function placeOf(race: RaceState, run: RunState): Place | null {
  const own = race.standings.find(({ racer }) => racer === run.racer)?.score ?? null;
  if (run.score === null && own === null) return null;
  const score = Math.min(run.score ?? Infinity, own ?? Infinity) as Micros;
  const others = race.standings.filter(({ racer, score: has }) => racer !== run.racer && has !== null);
  const better = others.filter(({ score: has }) => placingMs(has as Micros) <= placingMs(score));
  const ahead = better.at(-1) ?? null;
  const gap = ahead === null ? 0 : (placingMs(score) - placingMs(ahead.score as Micros)) * 1000;
  return { place: better.length + 1, score, ahead, gap: gap as Micros, others: others.length };
}
