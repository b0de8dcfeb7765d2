import type { RacerId } from '@pitwall/protocol';
import type { RaceStanding } from '@pitwall/protocol/race';

/** Those that have room, from the first place on; whoever drives now is among them, in the last row if need be. */
export function rowsToShow(
  standings: readonly RaceStanding[],
  room: number,
  now: RacerId | null | undefined,
): RaceStanding[] {
  const all = [...standings.filter(({ score }) => score !== null), ...standings.filter(({ score }) => score === null)];
  const most = Math.max(1, room);
  const driver = all.findIndex(({ racer }) => racer === now);
  if (driver < most) return all.slice(0, most);
  return [...all.slice(0, most - 1), all[driver] as RaceStanding];
}
