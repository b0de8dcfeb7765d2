import type { RacerId } from '@pitwall/protocol';
import type { RaceState } from '@pitwall/protocol/race';
import { aliasOf } from './run-view.js';

export interface Winner {
  readonly place: number;
  readonly racer: RacerId;
  readonly alias: string;
  /** µs; null where places were decided by heats. */
  readonly score: number | null;
}

/** Who won, and who came next: by the finals where there are some. At most three; nobody where nobody has a result. */
export function podiumOf(state: RaceState): Winner[] {
  const { finals } = state;
  const final = finals?.heats.toSorted((a, b) => b.round - a.round)[0];
  if (final !== undefined) {
    if (final.winner === null) return [];
    const places = [
      final.winner,
      ...final.racers.filter((racer) => racer !== null).filter((racer) => racer !== final.winner),
    ];
    return places.map((racer, index) => ({ place: index + 1, racer, alias: aliasOf(state, racer), score: null }));
  }
  return (finals?.standings ?? state.standings)
    .filter(({ rank, score }) => rank !== null && score !== null)
    .slice(0, 3)
    .map(({ rank, racer, alias, score }) => ({ place: rank as number, racer, alias, score }));
}
