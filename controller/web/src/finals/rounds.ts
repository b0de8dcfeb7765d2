import type { Heat } from '@pitwall/protocol/race';
import { words } from '../words/index.js';

/** The heats round by round, each round in the order in which its winners meet. */
export function roundsOf(heats: readonly Heat[]): Heat[][] {
  const rounds: Heat[][] = [];
  for (const heat of heats) {
    const round = rounds[heat.round] ?? [];
    rounds[heat.round] = round;
    round[heat.heat] = heat;
  }
  return rounds;
}

/** What a round is called, counted from the last one. */
export function roundName(heats: number): string {
  if (heats === 1) return words.finals.final;
  if (heats === 2) return words.finals.semiFinals;
  return heats === 4 ? words.finals.quarterFinals : words.finals.last(heats * 2);
}
