import type { Micros } from '../../brand.js';
import { type CrossingFact, isOneClock } from '../timeline.js';

/** A car passes the line once; several sensors may see it. The first crossing stands for it. */
export type Passage = readonly [CrossingFact, ...CrossingFact[]];

export interface Measured {
  /** µs; null where the two passages have no clock in common. */
  readonly time: Micros | null;
  /** The sum of both ends' bounds and of what the gate's rate leaves open, µs. */
  readonly uncertainty: Micros;
  /** The controller's clock restarted in between. */
  readonly interrupted: boolean;
}

const micros = (value: number): Micros => Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.round(value))) as Micros;

/**
 * The time between two passages, as exactly as can be: in one gate's own clock where one gate saw both, corrected by its
 * rate, or in the controller's. Across two lives of every clock there is none.
 */
export function measure(from: Passage, to: Passage): Measured {
  const interrupted = from[0].boot !== to[0].boot;
  let time = interrupted ? null : micros(to[0].at - from[0].at);
  let uncertainty = micros(from[0].bound + to[0].bound);
  for (const start of from)
    for (const end of to) {
      if (start.seen === null || end.seen === null || !isOneClock(start, end)) continue;
      const ticks = end.seen.crossing.at - start.seen.crossing.at;
      const { value, bound } = end.seen.rate;
      const ends = start.seen.crossing.uncertainty + end.seen.crossing.uncertainty;
      const inGate = micros(ends + Math.ceil(Math.abs(ticks) * bound));
      if (time !== null && inGate > uncertainty) continue;
      time = micros(ticks * value);
      uncertainty = inGate;
    }
  return { time, uncertainty, interrupted };
}

/** Whether a crossing belongs to the passage that another one began. */
export function isSamePassage(first: CrossingFact, next: CrossingFact, holdoff: Micros): boolean {
  if (first.seen !== null && next.seen !== null && isOneClock(first, next))
    return next.seen.crossing.at - first.seen.crossing.at <= holdoff;
  return first.boot === next.boot && next.at - first.at <= holdoff;
}
