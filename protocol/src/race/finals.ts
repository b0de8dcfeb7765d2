import type { RacerId } from '../brand.js';
import type { Entry } from './events.js';
import type { RaceRules } from './rules.js';
import { betterRun, standingsOf } from './standings.js';
import type { Heat, RaceState, RunState } from './state.js';

/** Seeds in the order of a bracket's lines: the first two can meet in the last heat only (1 8, 4 5, 2 7, 3 6). */
function lines(size: number): number[] {
  let order = [0];
  while (order.length < size) {
    const double = order.length * 2;
    order = order.flatMap((seed) => [seed, double - 1 - seed]);
  }
  return order;
}

/** Who wins: the better run, once both have had their turn; null before, and where neither has a score. */
function winnerOf(runs: readonly RunState[], racers: Heat['racers'], round: number, heat: number): RacerId | null {
  const [first, second] = racers;
  const ofHeat = (racer: RacerId | null) =>
    runs.filter(
      (run) =>
        run.racer === racer &&
        run.heat?.round === round &&
        run.heat.heat === heat &&
        (run.phase === 'confirmed' || run.phase === 'discarded') &&
        run.counts,
    );
  const [ofFirst, ofSecond] = [ofHeat(first), ofHeat(second)];
  if (ofFirst.length === 0 || ofSecond.length === 0) return null;
  return [...ofFirst, ...ofSecond].reduce<RunState | undefined>(betterRun, undefined)?.racer ?? null;
}

/** All heats of a knock-out, round by round; a place that nobody holds lets the other one through. */
export function bracketOf(seeds: readonly RacerId[], size: number, runs: readonly RunState[]): Heat[] {
  const heats: Heat[] = [];
  let field: (RacerId | null | undefined)[] = lines(size).map((seed) => seeds[seed]);
  for (let round = 0; field.length > 1; round += 1) {
    const next: (RacerId | null | undefined)[] = [];
    for (let heat = 0; heat < field.length / 2; heat += 1) {
      const [first, second] = [field[heat * 2], field[heat * 2 + 1]];
      const racers: Heat['racers'] = [first ?? null, second ?? null];
      // `undefined` is a place that stays empty, `null` one that is not decided yet.
      const winner =
        first === undefined
          ? second
          : second === undefined
            ? first
            : first === null || second === null
              ? null
              : winnerOf(runs, racers, round, heat);
      heats.push({ round, heat, racers, winner: winner ?? null });
      next.push(winner);
    }
    field = next;
  }
  return heats;
}

export function finalsOf(
  seeds: readonly RacerId[],
  rules: RaceRules,
  entries: readonly Entry[],
  runs: readonly RunState[],
): RaceState['finals'] {
  const finals = runs.filter(({ stage }) => stage === 'final');
  const racers = entries.filter(({ racer }) => seeds.includes(racer));
  return {
    seeds: [...seeds],
    heats: rules.finals.format === 'knock-out' ? bracketOf(seeds, rules.finals.racers, finals) : [],
    standings: standingsOf(racers, finals, 'final'),
  };
}

/** The heat in which a racer is to run next, where there is one. */
export function heatFor(racer: RacerId, finals: RaceState['finals']): Heat | undefined {
  return finals?.heats.find(
    ({ racers, winner }) => winner === null && racers.includes(racer) && racers.every((one) => one !== null),
  );
}
