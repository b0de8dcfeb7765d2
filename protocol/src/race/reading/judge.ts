import type { Corrections } from '../corrections.js';
import type { RunRules } from '../run-rules.js';
import type { Doubt, Lap } from '../state.js';
import type { CrossingFact } from '../timeline.js';
import { lapOf, partsOf } from './lap.js';
import { LineTimes, type Measured } from './line-times.js';
import { type Passage, standsFor } from './passage.js';
import type { Boundary, Span } from './span.js';
import { anyUsual, nearestClean, usualOf } from './usual.js';

export interface JudgeContext {
  readonly rules: RunRules;
  readonly corrections: Corrections;
}

/** A lap while it is judged. */
export interface Judged {
  readonly span: Span;
  readonly measured: Measured | null;
  /** Without the pauses in it, µs; null where nobody knows. */
  readonly net: number | null;
  /** Nobody touched the car, and nothing stopped it. */
  readonly clean: boolean;
  /** Laps of one number are of one car, model and speed. */
  readonly group: number;
  doubt: Doubt | null;
  readonly other: { readonly crossing: number; readonly as: 'boundary' | 'none' }[];
}

/** Below such a part of what is usual, no lap of this car is. */
export const half = 0.6;
/** Below such a part of what is usual, a lap is none by itself beside one that is too fast: the two are one. */
export const full = 0.85;
/** Two parts of one lap are no more than so much of a usual one; putting the car back takes its time. */
export const longest = { clean: 1.5, handled: 1.8 };
/** Beside a lap that was in somebody's hands and is too fast for it, the rest of it may be so much of a usual one. */
export const handledRest = 1.2;
/** A lap in which the car was handled takes longer than usual; below so much of it, it is none. */
export const almostUsual = 0.95;
/** So much of a usual lap is none beside a lap in which the car was handled. */
export const three = 0.75;
/** A lap that is none by itself and the neighbour that completes it. */
export const whole = 1.2;
/** The first lap and the last have a neighbour on one side only. */
export const almost = 0.85;
/** Readings whose laps are equally near to what is usual, to such a part of it, cannot be told apart by their times. */
export const undecided = 0.08;
/** A hand before the start is far likelier than a car that is seen twice there. */
export const undecidedOpening = 0.08;
/** Laps that are alike. */
export const alike = 0.15;
/** Above such a part of what is usual, the gate may have missed the car. */
export const missed = 1.6;

/** The laps of a run as they stand: measured, in doubt where two readings are possible, and by the rules. */
export function judgeSpans(spans: readonly Span[], { rules, corrections }: JudgeContext): Lap[] {
  const laps = measureAll(spans);
  if (rules.asks) {
    // Each judges by what is usual without the laps that it judges, so that no doubt rests on another.
    for (let index = 0; index < laps.length; index += 1) askBoundary(laps, index);
    for (let index = 0; index < laps.length; index += 1) if (!isPlain(laps, index)) askTime(laps, index, rules);
  }
  const all: Lap[] = [];
  // A true lap is not twice as long as a half of one.
  const sure = laps.map((lap) => (lap.doubt === null ? lap : { ...lap, clean: false }));
  for (const [index, judged] of laps.entries()) {
    const usual = rules.asks && judged.net !== null ? anyUsual(sure, judged.group, [index]) : null;
    const tooLong = usual !== null && (judged.net as number) >= missed * usual;
    const crossing = judged.span.to?.passage.crossings[0].seq ?? null;
    const parts = crossing === null ? undefined : corrections.splits.get(crossing);
    const lap = lapOf(judged, { number: all.length + 1, crossing, tooLong, rules, corrections });
    all.push(...(parts === undefined ? [lap] : partsOf(lap, parts, rules.min)));
  }
  return all;
}

function measureAll(spans: readonly Span[]): Judged[] {
  const times = new LineTimes();
  let group = 0;
  let before: Span | undefined;
  return spans.map((span) => {
    const { from, to, tally } = span;
    if (before !== undefined && !isSameDriver(before, span)) group += 1;
    before = span;
    times.place(from.passage);
    const measured = to === null ? null : times.measure(from.passage, to.passage);
    const net =
      measured?.time == null || tally.paused === null ? null : Math.max(0, measured.time - (tally.paused as number));
    const clean =
      net !== null && tally.resets === 0 && tally.offTracks === 0 && tally.pauses === 0 && tally.stops === 0;
    return { span, measured, net, clean, group, doubt: null, other: [] };
  });

  function isSameDriver(a: Span, b: Span): boolean {
    return a.driver.car === b.driver.car && a.driver.model === b.driver.model && a.driver.speed === b.driver.speed;
  }
}

/** Nearly every lap: a clean one that takes what two clean laps beside it take. */
function isPlain(laps: readonly Judged[], index: number): boolean {
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

const seqOf = ({ passage }: Boundary): number => passage.crossings[0].seq;

/** Whether another time is as near to what is usual as the one that stands. */
const isAsNear = (usual: number, now: number, other: number, slack = undecided): boolean =>
  Math.abs(other - usual) <= Math.abs(now - usual) + slack * usual;

function put(lap: Judged, doubt: Doubt, ...other: Judged['other']): void {
  if (lap.doubt !== null) return;
  lap.doubt = doubt;
  lap.other.push(...other);
}

/** What was a question when the crossings came: is the other reading the likelier one? */
function askBoundary(laps: readonly Judged[], index: number): void {
  const lap = laps[index] as Judged;
  const { from, to, ended } = lap.span;
  if (ended !== 'crossing' || to === null) return;
  for (const question of to.decided ? [] : to.questions) {
    if (question.kind === 'opening-again' && !isUsual(laps, index))
      put(lap, 'too-fast', { crossing: seqOf(to), as: 'none' });
    if (question.kind === 'pause') {
      const other = { crossing: seqOf(to), as: 'none' as const };
      put(lap, 'pause', other);
      const next = following(laps, index);
      if (next !== undefined) put(next, 'pause', other);
    }
    if (question.kind === 'short') askShort(laps, index, question.other);
  }
  if (from.decided) return;
  for (const question of from.questions) {
    if (question.kind === 'jump-start')
      put(lap, 'jump-start', { crossing: question.other.crossings[0].seq, as: 'boundary' });
    if (question.kind === 'opening') askOpening(laps, index, question.other);
    if (question.kind === 'short' && preceding(laps, index) === undefined) askShortOpening(laps, index, question.other);
  }
}

/** The crossing before the one that opened the lap: did the lap begin there, or was it a lap of its own? */
function askOpening(laps: readonly Judged[], index: number, { crossings: [other] }: Passage): void {
  const lap = laps[index] as Judged;
  const usual = anyUsual(laps, lap.group, [index]);
  if (usual === null || lap.net === null) return;
  const apart = apartFrom(lap.span.from, other);
  const boundary = { crossing: other.seq, as: 'boundary' as const };
  if (Math.abs(apart - usual) <= alike * usual) put(lap, 'opening', boundary);
  else if (!lap.clean || isAsNear(usual, lap.net, lap.net + apart, undecidedOpening))
    put(lap, 'opening', boundary, { crossing: seqOf(lap.span.from), as: 'none' });
}

/** Soon after the crossing that opened the first lap came another. */
function askShortOpening(laps: readonly Judged[], index: number, { crossings: [other] }: Passage): void {
  const lap = laps[index] as Judged;
  const usual = usualOf(laps, lap.group, [index]);
  if (usual === null || lap.net === null) return;
  if (isAsNear(usual, lap.net, lap.net - apartFrom(lap.span.from, other)))
    put(lap, 'short', { crossing: other.seq, as: 'boundary' }, { crossing: seqOf(lap.span.from), as: 'none' });
}

/** A crossing soon after a boundary: would it fit as well as the boundary, for the laps on both sides of it? */
function askShort(laps: readonly Judged[], index: number, { crossings: [other] }: Passage): void {
  const lap = laps[index] as Judged;
  const next = following(laps, index);
  if (lap.net === null) return;
  const to = lap.span.to as Boundary;
  const apart = apartFrom(to, other);
  const usual = usualOf(laps, lap.group, [index, index + 1]) ?? (next?.net == null ? null : (lap.net + next.net) / 2);
  if (usual === null || !fitsAsWell(lap, next, apart, usual)) return;
  const swap = [
    { crossing: other.seq, as: 'boundary' as const },
    { crossing: seqOf(to), as: 'none' as const },
  ];
  put(lap, 'short', ...swap);
  if (next !== undefined) put(next, 'short', ...swap);
}

/** A lap in which somebody had the car in their hands says nothing of how long it should have been. */
function fitsAsWell(lap: Judged, next: Judged | undefined, apart: number, usual: number): boolean {
  const net = lap.net as number;
  if (next?.net == null || !next.clean)
    return !lap.clean || isAsNear(usual, net, net + apart) || (next !== undefined && net < full * usual);
  if (!lap.clean) return isAsNear(usual, next.net, next.net - apart);
  const off = (shift: number) => Math.abs(net + shift - usual) + Math.abs((next.net as number) - shift - usual);
  return off(apart) <= off(0) + undecided * usual;
}

/** µs between a boundary and a crossing near it; the gate that saw both knows, else the controller's clock. */
function apartFrom(boundary: Boundary, other: CrossingFact): number {
  const at = standsFor(boundary.passage);
  return at.boot === other.boot ? Math.abs(other.at - at.at) : 0;
}

const following = (laps: readonly Judged[], index: number): Judged | undefined => {
  const next = laps[index + 1];
  const to = laps[index]?.span.to;
  return next?.span.ended === 'crossing' && next.span.from.passage === to?.passage ? next : undefined;
};

const preceding = (laps: readonly Judged[], index: number): Judged | undefined => {
  const before = laps[index - 1];
  const from = laps[index]?.span.from;
  return before?.span.ended === 'crossing' && before.span.to?.passage === from?.passage ? before : undefined;
};

/** Whether a lap's time by itself is none that this car drives. */
function askTime(laps: readonly Judged[], index: number, rules: RunRules): void {
  const lap = laps[index] as Judged;
  const { span, net } = lap;
  if (net === null || span.ended !== 'crossing' || span.to === null) return;
  if (span.to.decided && span.from.decided) return;
  for (const partner of [preceding(laps, index), following(laps, index)]) {
    if (partner === undefined || !isOtherPart(laps, lap, partner)) continue;
    const shared = partner === laps[index - 1] ? span.from : span.to;
    const other = { crossing: seqOf(shared), as: 'none' as const };
    put(lap, 'half-lap', other);
    put(partner, 'half-lap', other);
  }
  if (lap.doubt !== null || threeAlike(laps, index)) return;
  const usual = anyUsual(laps, lap.group, [index]);
  const least = usual === null ? (rules.fastest ?? 0) * half : usual * half;
  const best = bestClean(laps, index) || Infinity;
  // Nothing on one side of it shows that it was none; only where it would be the best one is it worth a question.
  const alone = preceding(laps, index) === undefined || following(laps, index) === undefined;
  const [nearest = 0, second] = nearestClean(laps, lap.group, [index], 2);
  // One other lap may have been the slow one.
  const compared = alone && usual !== null && second !== undefined;
  const doubtful = compared && net < almost * Math.min(usual, nearest) && net < best;
  if (isHandled(lap) && net < best && best !== Infinity) put(lap, 'carried', { crossing: seqOf(span.to), as: 'none' });
  else if (net < least || doubtful) put(lap, 'too-fast', { crossing: seqOf(span.to), as: 'none' });
}

/** Somebody had the car in their hands, or it stood. */
const isHandled = ({ span: { tally } }: Judged): boolean => tally.resets > 0 || tally.offTracks > 0 || tally.stops > 0;

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
  if (usual === null || together < full * usual) return false;
  if (isHandled(lap)) {
    if (lap.net < half * usual) return true;
    if (lap.net < usual && lap.net < bestClean(laps, index, other) && partner.net < handledRest * usual) return true;
    if (lap.net < almostUsual * usual && partner.net < full * usual) return true;
  }
  if (threeAlike(laps, index)) return false;
  // It cannot be a lap: with whichever neighbour makes one, the two are parts of it.
  if (lap.net < half * usual && together <= whole * usual) return true;
  if (threeAlike(laps, other)) return false;
  if (lap.net < three * usual && isHandled(partner)) return true;
  const handled = isHandled(lap) || isHandled(partner);
  if (together > (handled ? longest.handled : longest.clean) * usual) return false;
  return partner.net < full * usual && lap.net < (isHandled(lap) ? 1 : full) * usual;
}

/** Whether the lap takes what laps of this car take. */
function isUsual(laps: readonly Judged[], index: number): boolean {
  const lap = laps[index] as Judged;
  const usual = usualOf(laps, lap.group, [index]);
  return usual !== null && lap.net !== null && Math.abs(lap.net - usual) <= alike * usual;
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
