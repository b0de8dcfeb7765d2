import type { RunRules } from '../run-rules.js';
import { following, isHandled, type Judged, preceding, put, seqOf } from './judged.js';
import {
  above,
  alike,
  almostUsual,
  below,
  full,
  half,
  handledRest,
  handling,
  lastBelow,
  longest,
  notedAtOnce,
  notedLate,
  shifted,
  three,
  whole,
} from './numbers.js';
import { standsFor } from './passage.js';
import type { Boundary } from './span.js';
import { anyUsual, around, nearestClean, slackOf, sureUsual, usualOf } from './usual.js';

/** Nearly every lap: a clean one that takes what two clean laps beside it take. */
export function isPlain(laps: readonly Judged[], index: number): boolean {
  const { clean, net, group } = laps[index] as Judged;
  if (!clean || net === null) return false;
  let found = 0;
  for (let other = Math.max(0, index - 2); other <= index + 2 && other < laps.length; other += 1) {
    if (other === index) continue;
    const lap = laps[other] as Judged;
    if (!lap.clean || lap.net === null || lap.group !== group) continue;
    if (Math.max(lap.net, net) <= Math.min(lap.net, net) * (1 + alike)) found += 1;
  }
  return found >= 2;
}

/** Whether somebody had the car in their hands when it crossed the line, and may have carried it through the beam. */
export function askCarried(laps: readonly Judged[], index: number): void {
  const lap = laps[index] as Judged;
  const { to, ended } = lap.span;
  if (ended !== 'crossing' || to === null || to.decided || lap.net === null) return;
  const next = following(laps, index);
  if (!isInHands(to, lap)) return;
  if (!isCarried(laps, index, next)) return;
  const other = { crossing: seqOf(to), as: 'none' as const };
  put(lap, 'carried', other);
  if (next !== undefined) put(next, 'carried', other);
}

/**
 * Whether the two laps may be one, or the second one is too fast, by what is usual where nobody had the car in their hands at the line;
 * where nothing is usual, nobody can tell.
 */
function isCarried(laps: readonly Judged[], index: number, next: Judged | undefined): boolean {
  const { group, net } = laps[index] as Judged;
  const untouched = laps.map((lap, at) => (lap.clean && beginsInHands(laps, at) ? { ...lap, clean: false } : lap));
  const usual = sureUsual(untouched, group, [index, index + 1]);
  if (net === null) return true;
  const of = [untouched, group, [index, index + 1]] as const;
  if (usual === null) return isCarriedByFew(net, next?.net ?? null, nearestClean(...of, around));
  const atOnce = isInHands(laps[index]?.span.to as Boundary, laps[index] as Judged, notedAtOnce);
  // Noted so late, it may well have happened after the crossing: a lap as long as usual ended there.
  if (net >= usual && !atOnce) return false;
  const least = 1 - slackOf(below, ...of);
  if (next?.net == null) {
    const [nearest = usual] = nearestClean(...of, 1);
    return atOnce ? net < usual + handling : net < least * Math.min(usual, nearest);
  }
  return net + next.net <= usual * (1 + slackOf(above, ...of)) + handling || next.net < least * usual;
}

/** The same by what few laps tell: the two may be one, or one of them is too fast, by the fastest lap. */
function isCarriedByFew(net: number, next: number | null, others: readonly number[]): boolean {
  const fastest = Math.min(...others);
  if (!Number.isFinite(fastest)) return true;
  if (next === null) return net < fastest + handling;
  return net + next <= longest * fastest + handling || Math.min(net, next) < almostUsual * fastest;
}

function beginsInHands(laps: readonly Judged[], index: number): boolean {
  const before = preceding(laps, index);
  return before !== undefined && isInHands(before.span.to as Boundary, before);
}

/** Whether somebody had the car in their hands at the end of a lap, as far as was noted by so long after it, µs. */
export function isInHands({ passage }: Boundary, lap: Judged, late: number = notedLate): boolean {
  const { boot, at } = standsFor(passage);
  const since = (place: { boot: number; at: number }) => (place.boot === boot ? at - place.at : Infinity);
  return [...(lap.span.tally.handled ?? []), ...(lap.after?.handled ?? [])].some(
    (place) => since(place) <= handling && since(place) >= -late,
  );
}

/** Whether a lap's time by itself is none that this car drives. */
export function askTime(laps: readonly Judged[], index: number, rules: RunRules): void {
  const lap = laps[index] as Judged;
  const { span, net } = lap;
  if (net === null || span.ended !== 'crossing' || span.to === null) return;
  if ((span.to.decided && span.from.decided) || lap.doubt === 'carried') return;
  for (const partner of [preceding(laps, index), following(laps, index)]) {
    if (partner === undefined) continue;
    const shared = partner === laps[index - 1] ? span.from : span.to;
    const other = { crossing: seqOf(shared), as: 'none' as const };
    if (isOtherPart(laps, lap, partner)) {
      put(lap, 'half-lap', other);
      put(partner, 'half-lap', other);
    } else if (isShifted(laps, lap, partner)) {
      put(lap, 'too-fast', other);
      put(partner, 'too-fast', other);
    }
  }
  if (lap.doubt !== null || threeAlike(laps, index)) return;
  const usual = anyUsual(laps, lap.group, [index]);
  const least = usual === null ? (rules.fastest ?? 0) * half : usual * half;
  const best = bestClean(laps, index) || Infinity;
  // Nothing on one side of it shows that it was none; only where it would be the best one is it worth a question.
  const first = preceding(laps, index) === undefined;
  const last = following(laps, index) === undefined;
  const doubtful = (first || last) && usual !== null && net < best && isBelowAll(laps, index, usual, last);
  if (isHandled(lap) && best !== Infinity && net < almostUsual * best)
    put(lap, 'carried', { crossing: seqOf(span.to), as: 'none' });
  else if (net < least || doubtful) put(lap, 'too-fast', { crossing: seqOf(span.to), as: 'none' });
}

/** Whether a lap without a neighbour on one side is far below all that tells how fast this car is. */
function isBelowAll(laps: readonly Judged[], index: number, usual: number, last: boolean): boolean {
  const { group, net } = laps[index] as Judged;
  const [nearest, second] = nearestClean(laps, group, [index], 2);
  if (nearest === undefined) return false;
  // One other lap may have been the slow one; with one in which the car was handled, which is a slow one, there are two.
  const sure = laps.filter((one) => one.group === group && one.net !== null && one.doubt === null);
  if (second === undefined && sure.length <= 2) return false;
  const least = last ? 1 - slackOf(lastBelow, laps, group, [index]) : three;
  return (net as number) < least * Math.min(usual, nearest);
}

/**
 * Whether a lap and its neighbour are parts of one, between which something else crossed the line: both are too fast for laps of this
 * car, and together they are one lap, or one that took longer because somebody had the car in their hands; or one is too fast for
 * having been in somebody's hands, and what the other is nobody can tell.
 */
function isOtherPart(laps: readonly Judged[], lap: Judged, partner: Judged): boolean {
  if (partner.net === null || lap.net === null) return false;
  const [index, other] = [laps.indexOf(lap), laps.indexOf(partner)];
  const together = lap.net + partner.net;
  const usual = usualOf(laps, lap.group, [index, other], together) ?? anyUsual(laps, lap.group, [index, other]);
  if (usual === null) return false;
  const handled = isHandled(lap) || isHandled(partner);
  const most = whole * usual + (handled ? handling : 0);
  // It cannot be a lap: with whichever neighbour makes one, the two are parts of it.
  if (lap.net < half * usual && together >= three * usual && (together <= most || partner.net < full * usual))
    return true;
  if (together < full * usual) return false;
  if (isHandled(lap) && together <= most) {
    if (lap.net < usual && lap.net < bestClean(laps, index, other) && partner.net < handledRest * usual) return true;
    if (lap.net < almostUsual * usual && partner.net < full * usual) return true;
  }
  if (threeAlike(laps, index) || threeAlike(laps, other)) return false;
  if (lap.net < three * usual && isHandled(partner) && together <= most) return true;
  if (together > Math.max(most, longest * usual)) return false;
  return partner.net < full * usual && lap.net < (isHandled(lap) ? 1 : full) * usual;
}

/**
 * Whether a lap is too fast by as much as its neighbour is too slow: something crossed the line between them, and the car itself was
 * missed there.
 */
function isShifted(laps: readonly Judged[], lap: Judged, partner: Judged): boolean {
  if (partner.net === null || lap.net === null || !lap.clean || !partner.clean) return false;
  const [index, other] = [laps.indexOf(lap), laps.indexOf(partner)];
  if (lap.net >= bestClean(laps, index, other)) return false;
  const usual = sureUsual(laps, lap.group, [index, other]);
  if (usual === null || lap.net >= full * usual || partner.net <= (2 - full) * usual) return false;
  return Math.abs(lap.net + partner.net - 2 * usual) <= shifted * usual;
}

/** The best other lap in which nobody touched the car and nothing is in doubt. */
function bestClean(laps: readonly Judged[], ...without: number[]): number {
  const { group } = laps[without[0] as number] as Judged;
  let best = 0;
  for (const [index, lap] of laps.entries()) {
    if (without.includes(index) || lap.group !== group || !lap.clean || lap.doubt !== null || lap.net === null)
      continue;
    best = best === 0 ? lap.net : Math.min(best, lap.net);
  }
  return best;
}

/** Two of the clean laps next to it take the same time: that is how fast the car is. */
function threeAlike(laps: readonly Judged[], of: number): boolean {
  const { group, clean, net } = laps[of] as Judged;
  if (!clean || net === null) return false;
  const isAlike = (time: number) => Math.max(time, net) <= Math.min(time, net) * (1 + alike);
  return nearestClean(laps, group, [of], 4).filter(isAlike).length >= 2;
}
