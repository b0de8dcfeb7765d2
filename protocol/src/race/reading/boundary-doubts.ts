import type { CrossingFact } from '../timeline.js';
import { following, type Judged, preceding, put, seqOf } from './judged.js';
import { alike, full, handBefore, ownEdge, surely, undecided, undecidedEdge, undecidedOpening } from './numbers.js';
import { type Passage, standsFor } from './passage.js';
import type { Boundary } from './span.js';
import { isInHands } from './time-doubts.js';
import { anyUsual, nearestClean, slackOf, sureUsual } from './usual.js';

/** Whether another time is as near to what is usual as the one that stands. */
const isAsNear = (usual: number, now: number, other: number, slack: number): boolean =>
  Math.abs(other - usual) <= Math.abs(now - usual) + slack * usual;

/** What was a question when the crossings came, at the end of a lap: is the other reading the likelier one? */
export function askEnd(laps: readonly Judged[], index: number): void {
  const lap = laps[index] as Judged;
  const { to, ended } = lap.span;
  if (ended !== 'crossing' || to === null || to.decided) return;
  for (const question of to.questions) {
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
}

/** The same at its beginning; what the ends of laps put in doubt tells nothing here. */
export function askBeginning(laps: readonly Judged[], index: number): void {
  const lap = laps[index] as Judged;
  const { from, ended } = lap.span;
  if (ended !== 'crossing' || from.decided) return;
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
  const { from } = lap.span;
  const sure = laps.map((one) => (one.doubt === null ? one : { ...one, clean: false }));
  const usual = anyUsual(sure, lap.group, [index]);
  if (usual === null || lap.net === null) return;
  const apart = apartFrom(from, other);
  const boundary = { crossing: other.seq, as: 'boundary' as const };
  const instead = { crossing: seqOf(from), as: 'none' as const };
  if (Math.abs(apart - usual) <= alike * usual) put(lap, 'opening', boundary);
  // Three crossings at the start, or no hand is there so long before a car, or it may be the car's own second edge: nobody can tell.
  else if (
    from.questions.some(({ kind }) => kind === 'short') ||
    apart > handBefore ||
    (apart <= ownEdge && sureUsual(sure, lap.group, [index]) === null)
  )
    put(lap, 'opening', boundary, instead);
  else if (!lap.clean || isAsNear(usual, lap.net, lap.net + apart, slackOf(undecidedOpening, sure, lap.group, [index])))
    put(lap, 'opening', boundary, instead);
}

/** Soon after the crossing that opened the first lap came another. */
function askShortOpening(laps: readonly Judged[], index: number, { crossings: [other] }: Passage): void {
  const lap = laps[index] as Judged;
  const usual = sureUsual(laps, lap.group, [index]);
  if (lap.net === null) return;
  const apart = apartFrom(lap.span.from, other);
  if (
    usual === null
      ? apart > ownEdge
      : isAsNear(usual, lap.net, lap.net - apart, slackOf(undecided, laps, lap.group, [index]))
  )
    put(lap, 'short', { crossing: other.seq, as: 'boundary' }, { crossing: seqOf(lap.span.from), as: 'none' });
}

/** A crossing soon after a boundary: would it fit as well as the boundary, for the laps on both sides of it? */
function askShort(laps: readonly Judged[], index: number, { crossings: [other] }: Passage): void {
  const lap = laps[index] as Judged;
  const next = following(laps, index);
  if (lap.net === null) return;
  const to = lap.span.to as Boundary;
  if (!handsTell(laps, index) && !fitsAsWell(laps, index, apartFrom(to, other))) return;
  const swap = [
    { crossing: other.seq, as: 'boundary' as const },
    { crossing: seqOf(to), as: 'none' as const },
  ];
  put(lap, 'short', ...swap);
  if (next !== undefined) put(next, 'short', ...swap);
}

/** Somebody had the car in their hands at the boundary, and the lap that ended there does not show that it ended where it should. */
function handsTell(laps: readonly Judged[], index: number): boolean {
  const { span, net, group, clean } = laps[index] as Judged;
  if (!isInHands(span.to as Boundary, laps[index] as Judged)) return false;
  const of = [laps, group, [index, index + 1]] as const;
  const usual = sureUsual(...of);
  if (usual === null || net === null || !clean || following(laps, index) === undefined) return true;
  return Math.abs(net - usual) > slackOf(surely, ...of) * usual;
}

/** A lap in which somebody had the car in their hands says nothing of how long it should have been. */
function fitsAsWell(laps: readonly Judged[], index: number, apart: number): boolean {
  const lap = laps[index] as Judged;
  const next = following(laps, index);
  const net = lap.net as number;
  const sure = sureUsual(laps, lap.group, [index, index + 1]);
  // It is no edge of the car's own, so that one of the two was something else.
  if (sure === null && apart > ownEdge) return true;
  const slack = slackOf(apart > ownEdge ? undecided : undecidedEdge, laps, lap.group, [index, index + 1]);
  const balanced = next?.net == null ? null : (net + next.net) / 2;
  const usual = sure ?? nearestClean(laps, lap.group, [index, index + 1], 1)[0] ?? balanced;
  if (usual === null) return false;
  if (next?.net == null || !next.clean)
    return !lap.clean || isAsNear(usual, net, net + apart, slack) || (next !== undefined && net < full * usual);
  if (!lap.clean) return isAsNear(usual, next.net, next.net - apart, slack);
  const off = (shift: number) => Math.abs(net + shift - usual) + Math.abs((next.net as number) - shift - usual);
  return off(apart) <= off(0) + slack * usual;
}

/** µs between a boundary and a crossing near it; the gate that saw both knows, else the controller's clock. */
function apartFrom(boundary: Boundary, other: CrossingFact): number {
  const at = standsFor(boundary.passage);
  return at.boot === other.boot ? Math.abs(other.at - at.at) : 0;
}

/** Whether the lap takes what laps of this car take. */
function isUsual(laps: readonly Judged[], index: number): boolean {
  const lap = laps[index] as Judged;
  const usual = sureUsual(laps, lap.group, [index]);
  return usual !== null && lap.net !== null && Math.abs(lap.net - usual) <= alike * usual;
}
