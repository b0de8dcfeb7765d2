import type { Judged } from './judge.js';

/** So many laps make a median; two that agree will do, and one that agrees with what the laps judged make together. */
const enough = 3;
const agreement = 0.05;

/**
 * What is usual for this car, µs: the median of the clean laps of one car, model and speed in this run, without those that are
 * judged by it. Never of other racers. Null: nothing is usual yet.
 * @param together what the judged laps would be as one lap, µs
 */
export function usualOf(
  laps: readonly Judged[],
  group: number,
  without: readonly number[],
  together?: number,
): number | null {
  const times: number[] = [];
  for (const [index, lap] of laps.entries())
    if (lap.clean && lap.net !== null && lap.group === group && !without.includes(index)) times.push(lap.net);
  times.sort((a, b) => a - b);
  const middle = times.length >> 1;
  const [least, most] = [times[0], times.at(-1)];
  if (least === undefined || most === undefined) return null;
  if (times.length >= enough)
    return times.length % 2 === 1
      ? (times[middle] as number)
      : ((times[middle - 1] as number) + (times[middle] as number)) / 2;
  if (times.length === 2) return most <= least * (1 + agreement) ? (least + most) / 2 : null;
  const agrees = together !== undefined && Math.abs(together - least) <= agreement * least;
  return agrees ? least : null;
}
