import type { Spot } from '../course.js';
import type { RunRules } from '../run-rules.js';
import { type CrossingFact, isOneClock } from '../timeline.js';

/** Crossings of one car at one place of the course, seen by one sensor or more, once or more often: it passed there once. */
export interface Passage {
  readonly spot: Spot;
  /** In the order in which they happened. */
  readonly crossings: [CrossingFact, ...CrossingFact[]];
}

/** The gate of marshals' keys is a hand, too. */
export const handGate = 'manual';

/** A person's eye and finger, not a sensor. */
export const isByHand = ({ seen, spot }: CrossingFact): boolean =>
  spot !== 'signal' && (seen === null || seen.crossing.gate === handGate);

/** How far a hand may be from a gate's crossing of the same passage, µs: looking, deciding and pressing, early or late. */
export const handSlack = 1_500_000;

/** What stands for a passage: the first crossing that a gate saw; the first by hand where none did. */
export function standsFor({ crossings }: Passage): CrossingFact {
  return crossings.find((crossing) => !isByHand(crossing)) ?? crossings[0];
}

/**
 * From one crossing to another, µs: in the clock of the gate that saw both, corrected by its rate, else in the controller's.
 * Null: they have no clock in common.
 */
export function gap(from: CrossingFact, to: CrossingFact): number | null {
  if (from.seen !== null && to.seen !== null && isOneClock(from, to))
    return (to.seen.crossing.at - from.seen.crossing.at) * to.seen.rate.value;
  return from.boot === to.boot ? to.at - from.at : null;
}

/** A gate's crossing and another gate's at the same place, whose clocks are too uncertain to say by themselves that they are two passages. */
function leavesOpen(passage: Passage, next: CrossingFact, { holdoff, min }: Times): boolean {
  if (next.seen === null || isByHand(next)) return false;
  const { gate } = next.seen.crossing;
  // A gate sees each passage by its own clock: what it saw again after the hold-off is another one.
  if (passage.crossings.some(({ seen }) => seen?.crossing.gate === gate)) return false;
  return passage.crossings.some((crossing) => {
    if (crossing.seen === null || isByHand(crossing)) return false;
    const between = gap(crossing, next);
    const open = crossing.bound + next.bound;
    // Where it may as well be a lap later, nobody can say.
    return between !== null && between - open <= holdoff && between + open < min;
  });
}

type Times = Pick<RunRules, 'holdoff' | 'min'>;

/**
 * Whether a crossing belongs to a passage: within the hold-off after the latest of its crossings (front and rear axle, two
 * sensors, a bouncing contact), or as near by what is known of two gates' clocks, or near enough that a hand and a gate saw
 * the same. `next` is later than all of them.
 */
export function belongsTo(passage: Passage, next: CrossingFact, times: Times): boolean {
  const last = passage.crossings[passage.crossings.length - 1] as CrossingFact;
  const since = gap(last, next);
  if ((since !== null && since <= times.holdoff) || leavesOpen(passage, next, times)) return true;
  const byHand = isByHand(next);
  // A gate's crossing completes a passage that only a hand saw so far; a hand adds itself to one that a gate saw.
  return passage.crossings.some((crossing) => {
    if (isByHand(crossing) === byHand) return false;
    const between = gap(crossing, next);
    return between !== null && between <= handSlack;
  });
}
