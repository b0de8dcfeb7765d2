import type { Micros } from '../brand.js';
import type { CrossingFact } from './timeline.js';

/** A car passes the line once; several sensors may see it. The first crossing stands for it. */
export type Passage = readonly [CrossingFact, ...CrossingFact[]];

export interface Measured {
  /** µs; null where the two passages have no clock in common. */
  readonly time: Micros | null;
  readonly uncertainty: Micros;
  /** The controller's clock restarted in between. */
  readonly interrupted: boolean;
}

/**
 * The time between two passages. In one gate's own clock where one gate saw both (corrected for its drift), else in
 * the controller's; across two lives of every clock there is none. `uncertainty` is the sum of both ends' bounds.
 */
export function measure(from: Passage, to: Passage): Measured {
  const interrupted = from[0].boot !== to[0].boot;
  for (const start of from) {
    if (start.seen === null) continue;
    for (const end of to) {
      if (end.seen === null || end.seen.gate !== start.seen.gate || end.seen.bootId !== start.seen.bootId) continue;
      const ticks = end.seen.at - start.seen.at;
      const time = Math.max(0, Math.round(ticks / (1 + end.seen.driftPpm / 1e6))) as Micros;
      return { time, uncertainty: (start.seen.uncertainty + end.seen.uncertainty) as Micros, interrupted };
    }
  }
  const [start, end] = [from[0], to[0]];
  const uncertainty = (start.bound + end.bound) as Micros;
  if (interrupted) return { time: null, uncertainty, interrupted };
  return { time: Math.max(0, end.at - start.at) as Micros, uncertainty, interrupted };
}

/** Whether a crossing belongs to the passage that another one began. */
export function isSamePassage(first: CrossingFact, next: CrossingFact, holdoff: Micros): boolean {
  if (first.seen !== null && next.seen?.gate === first.seen.gate && next.seen.bootId === first.seen.bootId)
    return next.seen.at - first.seen.at <= holdoff;
  return first.boot === next.boot && next.at - first.at <= holdoff;
}
