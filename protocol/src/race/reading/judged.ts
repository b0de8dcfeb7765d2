import type { Corrections } from '../corrections.js';
import type { Tally } from '../lap-reading.js';
import type { RunRules } from '../run-rules.js';
import type { Doubt } from '../state.js';
import { LineTimes, type Measured } from './line-times.js';
import type { Boundary, Span } from './span.js';

export interface JudgeContext {
  readonly rules: RunRules;
  readonly corrections: Corrections;
  /** The lap under way, or the one that the run's end cut off; null: there is none. */
  readonly open: UnderWay | null;
}

/** A lap that has not ended. */
export interface UnderWay {
  readonly from: Boundary;
  readonly tally: Tally;
}

/** A lap while it is judged. */
export interface Judged {
  readonly span: Span;
  /** What happened in the lap that began at its end, also in one that never ended; null where none did. */
  readonly after: Tally | null;
  readonly measured: Measured | null;
  /** Without the pauses in it, µs; null where nobody knows. */
  readonly net: number | null;
  /** Nobody touched the car, and nothing stopped it. */
  readonly clean: boolean;
  /** Laps of one number are of one car, model, speed and scale. */
  readonly group: number;
  doubt: Doubt | null;
  readonly other: { readonly crossing: number; readonly as: 'boundary' | 'none' }[];
}

/** The laps of a run, measured, in the order in which they ended. */
export function measureAll(spans: readonly Span[], open: UnderWay | null): Judged[] {
  const times = new LineTimes();
  let group = 0;
  let before: Span | undefined;
  return spans.map((span, index) => {
    const { from, to, tally } = span;
    if (before !== undefined && !isSameDriver(before, span)) group += 1;
    before = span;
    times.place(from.passage);
    const measured = to === null ? null : times.measure(from.passage, to.passage);
    const net =
      measured?.time == null || tally.paused === null ? null : Math.max(0, measured.time - (tally.paused as number));
    const clean =
      net !== null && tally.resets === 0 && tally.offTracks === 0 && tally.pauses === 0 && tally.stops === 0;
    const next = spans[index + 1] ?? open;
    const after = to !== null && next?.from.passage === to.passage ? next.tally : null;
    return { span, after, measured, net, clean, group, doubt: null, other: [] };
  });
}

const isSameDriver = (a: Span, b: Span): boolean =>
  a.driver.car === b.driver.car &&
  a.driver.model === b.driver.model &&
  a.driver.speed === b.driver.speed &&
  a.driver.scale === b.driver.scale;

/** The first thing that puts a lap in doubt is what it is in doubt for. */
export function put(lap: Judged, doubt: Doubt, ...other: Judged['other']): void {
  if (lap.doubt !== null) return;
  lap.doubt = doubt;
  lap.other.push(...other);
}

export const seqOf = ({ passage }: Boundary): number => passage.crossings[0].seq;

/** The lap that begins where this one ends. */
export function following(laps: readonly Judged[], index: number): Judged | undefined {
  const next = laps[index + 1];
  const to = laps[index]?.span.to;
  return next?.span.ended === 'crossing' && next.span.from.passage === to?.passage ? next : undefined;
}

/** The lap that ends where this one begins. */
export function preceding(laps: readonly Judged[], index: number): Judged | undefined {
  const before = laps[index - 1];
  const from = laps[index]?.span.from;
  return before?.span.ended === 'crossing' && before.span.to?.passage === from?.passage ? before : undefined;
}

/** Somebody had the car in their hands, or it stood. */
export const isHandled = ({ span: { tally } }: Judged): boolean =>
  tally.resets > 0 || tally.offTracks > 0 || tally.stops > 0;
