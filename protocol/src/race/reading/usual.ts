import type { Judged } from './judged.js';
import { type Slack, tellSpread } from './numbers.js';

/** So many laps make a median. */
export const enough = 3;
export const agreement = 0.05;
/** What two parts of one lap make together, as parts of another lap. */
export const one = { least: 0.85, most: 1.15 };

/**
 * What is usual for this car, µs: the median of the clean laps of one car, model and speed in this run, without those that are
 * judged by it. Never of other racers. Of two it is their middle where they agree, else the faster one; one alone tells only whether
 * two parts make a lap like it. Null: nothing is usual yet.
 * @param together what the judged laps would be as one lap, µs
 */
export function usualOf(
  laps: readonly Judged[],
  group: number,
  without: readonly number[],
  together?: number,
): number | null {
  return usualIn(cleanTimes(laps, group, without), together);
}

/** @param times from the fastest on, µs */
function usualIn(times: readonly number[], together?: number): number | null {
  const middle = times.length >> 1;
  const [least, most] = [times[0], times.at(-1)];
  if (least === undefined || most === undefined) return null;
  if (times.length >= enough)
    return times.length % 2 === 1
      ? (times[middle] as number)
      : ((times[middle - 1] as number) + (times[middle] as number)) / 2;
  if (times.length === 2) return most <= least * (1 + agreement) ? (least + most) / 2 : least;
  const isOne = together !== undefined && together >= one.least * least && together <= one.most * least;
  return isOne ? least : null;
}

/** As {@link usualOf}, only where a median or two laps that agree tell it. */
export function sureUsual(laps: readonly Judged[], group: number, without: readonly number[]): number | null {
  const times = cleanTimes(laps, group, without);
  const [least, most] = [times[0], times.at(-1)];
  if (least === undefined || most === undefined || times.length < 2) return null;
  if (times.length === 2 && most > least * (1 + agreement)) return null;
  return usualIn(times);
}

/**
 * As {@link usualOf}, of however few laps there are, the shortest of all where none was clean: enough to tell a fraction of a lap from
 * one, or two from one.
 */
export function anyUsual(laps: readonly Judged[], group: number, without: readonly number[]): number | null {
  const times = cleanTimes(laps, group, without);
  const usual = usualIn(times);
  if (usual !== null) return usual;
  const [clean] = times;
  if (clean !== undefined) return clean;
  const others = laps.flatMap((lap, index) => (lap.net === null || without.includes(index) ? [] : [lap.net]));
  return others.length === 0 ? null : Math.min(...others);
}

/** A part of what is usual: the median of how far the clean laps around are from it. Null: too few laps tell. */
export function spreadOf(laps: readonly Judged[], group: number, without: readonly number[]): number | null {
  const times = cleanTimes(laps, group, without);
  if (times.length < tellSpread) return null;
  const usual = usualIn(times) as number;
  const off: number[] = [];
  for (const time of times) putInOrder(off, Math.abs(time - usual));
  return (off[off.length >> 1] as number) / usual;
}

/** By how much of a usual lap one may be off: as the spread of this car's laps tells, where it is known. */
export function slackOf(
  { unknown, times, least, most }: Slack,
  ...[laps, group, without]: Parameters<typeof spreadOf>
): number {
  const spread = spreadOf(laps, group, without);
  return spread === null ? unknown : Math.min(most, Math.max(least, times * spread));
}

/** A car gets faster or slower in a run: so many laps around those that are judged tell what is usual there. */
export const around = 7;

/** From the fastest on. */
function cleanTimes(laps: readonly Judged[], group: number, without: readonly number[]): number[] {
  const times: number[] = [];
  for (const time of nearestClean(laps, group, without, around)) putInOrder(times, time);
  return times;
}

/** For a handful of numbers; a sort of so few, made for every lap of a long race, takes most of the time that judging it takes. */
function putInOrder(times: number[], time: number): void {
  let place = times.length;
  while (place > 0 && (times[place - 1] as number) > time) {
    times[place] = times[place - 1] as number;
    place -= 1;
  }
  times[place] = time;
}

/** What is known to be a part of a lap tells nothing of whole ones. */
const isPart = ({ doubt }: Judged): boolean => doubt === 'half-lap' || doubt === 'carried';

/** The clean laps nearest to those that are judged, the nearest first; `parts`: of parts of laps, too, as where there is nothing else. */
export function nearestClean(
  laps: readonly Judged[],
  group: number,
  judged: readonly number[],
  count: number,
  parts = false,
): number[] {
  let [first, last] = [laps.length, -1];
  for (const index of judged) {
    if (index < first) first = index;
    if (index > last) last = index;
  }
  const times: number[] = [];
  for (let away = 1; times.length < count && (first - away >= 0 || last + away < laps.length); away += 1) {
    addClean(times, laps[first - away], group, parts);
    if (times.length < count) addClean(times, laps[last + away], group, parts);
  }
  return times.length > 0 || parts ? times : nearestClean(laps, group, judged, count, true);
}

function addClean(times: number[], lap: Judged | undefined, group: number, parts: boolean): void {
  if (lap?.clean !== true || lap.net === null || lap.group !== group) return;
  if (parts || !isPart(lap)) times.push(lap.net);
}
