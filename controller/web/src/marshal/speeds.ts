import type { RaceSetup } from '@pitwall/protocol/race';

/** Speeds to choose from, in percent, the slowest first: as far as the rules let a run's speed be set. None: not at all. */
export function speedsOf({ car, rules: { speed } }: Pick<RaceSetup, 'car' | 'rules'>): number[] {
  if (car === 'any' || (car === 'agent' && speed === undefined)) return [];
  const { min, max } = speed ?? { min: 30, max: 100 };
  const tens = Array.from({ length: 11 }, (_, index) => 10 * index);
  return [...new Set([min, ...tens.filter((percent) => percent > min && percent < max), max])];
}
