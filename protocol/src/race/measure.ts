import type { Micros } from '../brand.js';
import type { CrossingFact } from './timeline.js';

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
  let best: Measured = interrupted
    ? { time: null, uncertainty: micros(from[0].bound + to[0].bound), interrupted }
    : { time: micros(to[0].at - from[0].at), uncertainty: micros(from[0].bound + to[0].bound), interrupted };
  for (const start of from)
    for (const end of to) {
      const inGate = ofOneGate(start, end);
      if (inGate !== null && (best.time === null || inGate.uncertainty <= best.uncertainty))
        best = { ...inGate, interrupted };
    }
  return best;
}

function ofOneGate({ seen: start }: CrossingFact, { seen: end }: CrossingFact): Omit<Measured, 'interrupted'> | null {
  if (start === null || end === null || start.gate !== end.gate || start.epoch !== end.epoch) return null;
  const ticks = end.at - start.at;
  return {
    time: micros(ticks * end.rate.value),
    uncertainty: micros(start.uncertainty + end.uncertainty + Math.ceil(Math.abs(ticks) * end.rate.bound)),
  };
}

/** Whether a crossing belongs to the passage that another one began. */
export function isSamePassage(first: CrossingFact, next: CrossingFact, holdoff: Micros): boolean {
  if (first.seen !== null && next.seen?.gate === first.seen.gate && next.seen.epoch === first.seen.epoch)
    return next.seen.at - first.seen.at <= holdoff;
  return first.boot === next.boot && next.at - first.at <= holdoff;
}
