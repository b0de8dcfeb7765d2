import type { Corrections } from '../corrections.js';
import type { RunRules } from '../run-rules.js';
import type { Doubt, Lap } from '../state.js';
import type { CrossingFact } from '../timeline.js';
import { lapOf, partsOf } from './lap.js';
import { LineTimes, type Measured } from './line-times.js';
import { type Passage, standsFor } from './passage.js';
import type { Boundary, Span } from './span.js';
import { usualOf } from './usual.js';

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
const half = 0.6;
/** Two laps that add up to one usual one. */
const whole = { least: 0.85, most: 1.15 };
/** Laps that are alike. */
const alike = 0.15;
/** Above such a part of what is usual, the gate may have missed the car. */
const missed = 1.7;

/** The laps of a run as they stand: measured, in doubt where two readings are possible, and by the rules. */
export function judgeSpans(spans: readonly Span[], { rules, corrections }: JudgeContext): Lap[] {
  const laps = measureAll(spans);
  if (rules.asks) {
    // Each judges by what is usual without the laps that it judges, so that no doubt rests on another.
    for (let index = 0; index < laps.length; index += 1) askBoundary(laps, index);
    for (let index = 0; index < laps.length; index += 1) askTime(laps, index, rules);
  }
  const all: Lap[] = [];
  for (const [index, judged] of laps.entries()) {
    const usual = rules.asks && judged.clean && judged.net !== null ? usualOf(laps, judged.group, [index]) : null;
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

const seqOf = ({ passage }: Boundary): number => passage.crossings[0].seq;

/** Whether the two together make a lap that is nearer to what is usual. */
const nearer = (usual: number, now: number, other: number): boolean => Math.abs(other - usual) < Math.abs(now - usual);

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
    if (question.kind === 'opening-again') put(lap, 'too-fast', { crossing: seqOf(to), as: 'none' });
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
    if (question.kind !== 'opening' && (question.kind !== 'short' || preceding(laps, index) !== undefined)) continue;
    const usual = usualOf(laps, lap.group, [index]);
    if (usual === null || lap.net === null) continue;
    const apart = apartFrom(from, question.other.crossings[0]);
    const longer = question.kind === 'opening' ? lap.net + apart : lap.net - apart;
    if (!nearer(usual, lap.net, longer)) continue;
    const kind = question.kind;
    put(
      lap,
      kind,
      { crossing: question.other.crossings[0].seq, as: 'boundary' },
      { crossing: seqOf(from), as: 'none' },
    );
  }
}

/** A crossing soon after a boundary, which would bring the laps on both sides of it nearer to what is usual. */
function askShort(laps: readonly Judged[], index: number, { crossings: [other] }: Passage): void {
  const lap = laps[index] as Judged;
  const next = following(laps, index);
  const to = lap.span.to as Boundary;
  const usual = usualOf(laps, lap.group, next === undefined ? [index] : [index, index + 1]);
  if (usual === null || lap.net === null || next?.net == null) return;
  const apart = apartFrom(to, other);
  if (!nearer(usual, lap.net, lap.net + apart) || !nearer(usual, next.net, next.net - apart)) return;
  const swap = [
    { crossing: other.seq, as: 'boundary' as const },
    { crossing: seqOf(to), as: 'none' as const },
  ];
  put(lap, 'short', ...swap);
  put(next, 'short', ...swap);
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
  const touched = span.tally.resets > 0 || span.tally.offTracks > 0 || span.tally.stops > 0;
  if (touched && net < bestClean(laps, lap.group)) {
    put(lap, 'carried', { crossing: seqOf(span.to), as: 'none' });
    return;
  }
  if (span.to.decided && span.from.decided) return;
  const partners = [preceding(laps, index), following(laps, index)].filter((one) => one?.net != null) as Judged[];
  if (threeAlike(laps, index)) return;
  for (const partner of partners) {
    const usual = usualOf(laps, lap.group, [index, laps.indexOf(partner)], net + (partner.net as number));
    const sum = net + (partner.net as number);
    if (usual === null || net >= half * usual || sum < whole.least * usual || sum > whole.most * usual) continue;
    const shared = partner === laps[index - 1] ? span.from : span.to;
    const other = { crossing: seqOf(shared), as: 'none' as const };
    put(lap, 'half-lap', other);
    put(partner, 'half-lap', other);
    return;
  }
  const usual = usualOf(laps, lap.group, [index]);
  const least = usual === null ? (rules.fastest === null ? 0 : rules.fastest * half) : usual * half;
  if (net < least) put(lap, 'too-fast', { crossing: seqOf(span.to), as: 'none' });
}

/** The best lap in which nobody touched the car and nothing is in doubt. */
function bestClean(laps: readonly Judged[], group: number): number {
  let best = 0;
  for (const lap of laps)
    if (lap.group === group && lap.clean && lap.doubt === null && lap.net !== null)
      best = best === 0 ? lap.net : Math.min(best, lap.net);
  return best;
}

/** One of three laps in a row that take the same time: that is how fast the car is. */
function threeAlike(laps: readonly Judged[], index: number): boolean {
  for (let first = Math.max(0, index - 2); first <= index; first += 1) {
    const three = laps.slice(first, first + 3);
    const times = three.map(({ net }) => net);
    if (three.length < 3 || times.some((time) => time === null)) continue;
    if (Math.max(...(times as number[])) <= Math.min(...(times as number[])) * (1 + alike)) return true;
  }
  return false;
}
