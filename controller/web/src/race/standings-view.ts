import type { RaceStanding } from '@pitwall/protocol/race';

export interface PlaceRow extends RaceStanding {
  /** To the leader, µs; null for the leader and whoever has no score. */
  readonly gap: number | null;
}

/** Standings with the distance to the first place. */
export function placeRows(standings: readonly RaceStanding[]): PlaceRow[] {
  const leader = standings.find(({ rank }) => rank === 1)?.score ?? null;
  return standings.map((row) => ({
    ...row,
    gap: row.rank === 1 || row.score === null || leader === null ? null : row.score - leader,
  }));
}
