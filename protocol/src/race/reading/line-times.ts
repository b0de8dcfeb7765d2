import type { Micros } from '../../brand.js';
import type { RunRules } from '../run-rules.js';
import { type CrossingFact, isOneClock } from '../timeline.js';
import { isByHand, type Passage, standsFor } from './passage.js';

/** Where a passage stands on the time line of its run. */
export interface LineTime {
  /** µs since the first passage of the run that can be compared with it; a fraction, so that laps add up exactly. */
  readonly at: number;
  /** Passages of one number can be compared; the clocks of others have nothing in common. */
  readonly line: number;
  /** What it was measured from: an earlier passage, ± `uncertainty`, µs. */
  readonly from: LineTime | null;
  readonly uncertainty: number;
}

export interface Measured {
  /** µs; null where the two passages have no clock in common. */
  readonly time: Micros | null;
  /** ±, µs: of both ends, and of what the gate's rate leaves open. */
  readonly uncertainty: Micros;
  /** The controller's clock restarted in between. */
  readonly interrupted: boolean;
}

const micros = (value: number): Micros => Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.round(value))) as Micros;

interface Step {
  readonly time: number;
  readonly uncertainty: number;
}

/** The first crossing of each gate's clock: the later ones of a passage are its other axle, or a bounce. */
function firstOfEach({ crossings }: Passage): readonly CrossingFact[] {
  // Nearly every passage is one crossing.
  if (crossings.length === 1) return crossings;
  return crossings.filter(
    (crossing, index) => !crossings.some((before, earlier) => earlier < index && isOneClock(before, crossing)),
  );
}

/** In the clock of one gate that saw both, each by the first that it saw of it. */
function inOneGate(from: Passage, to: Passage): Step | null {
  let best: Step | null = null;
  for (const start of firstOfEach(from))
    for (const end of firstOfEach(to)) {
      if (start.seen === null || end.seen === null || !isOneClock(start, end)) continue;
      // A hand is no better for having a clock of its own where a gate saw the car.
      if (isByHand(start) && !(isByHand(standsFor(from)) && isByHand(standsFor(to)))) continue;
      const ticks = end.seen.crossing.at - start.seen.crossing.at;
      const { value, bound } = end.seen.rate;
      const ends = start.seen.crossing.uncertainty + end.seen.crossing.uncertainty;
      const uncertainty = ends + Math.ceil(Math.abs(ticks) * bound);
      if (best === null || uncertainty < best.uncertainty) best = { time: ticks * value, uncertainty };
    }
  return best;
}

function inController(from: Passage, to: Passage): Step | null {
  const [start, end] = [standsFor(from), standsFor(to)];
  if (start.boot !== end.boot) return null;
  return { time: end.at - start.at, uncertainty: start.bound + end.bound };
}

/** Between two passages by themselves, as exactly as can be: in one gate's own clock where one saw both, or in the controller's. */
export function between(from: Passage, to: Passage): Measured {
  const step = inOneGate(from, to) ?? inController(from, to);
  const interrupted = standsFor(from).boot !== standsFor(to).boot;
  return { time: step === null ? null : micros(step.time), uncertainty: micros(step?.uncertainty ?? 0), interrupted };
}

/**
 * Whether a crossing that another gate saw belongs to a passage, where the controller's clock cannot tell (it began anew in
 * between, or hardly hears that gate): both gates saw an earlier passage, and say from there, each in its own clock, how far the
 * two are apart.
 *
 * @param earlier passages of the same place, the latest first
 */
export function isSeenByAnotherGate(
  passage: Passage,
  next: CrossingFact,
  earlier: Iterable<Passage>,
  { holdoff, min }: Pick<RunRules, 'holdoff' | 'min'>,
): boolean {
  if (isByHand(next) || passage.crossings.some((crossing) => isOneClock(crossing, next))) return false;
  for (const before of earlier) {
    const [first, second] = [inOneGate(before, passage), inOneGate(before, { spot: next.spot, crossings: [next] })];
    if (first === null || second === null) continue;
    const apart = Math.abs(second.time - first.time);
    const open = first.uncertainty + second.uncertainty;
    return apart - open <= holdoff && apart + open < min;
  }
  return false;
}

/** How many passages back one that a gate saw is looked for. */
export const lookBack = 16;

/**
 * The passages that begin and end laps, on one line of time: each is placed after the latest before it that the same gate saw, else
 * after the one before in the controller's clock. Laps are differences on that line, so that they add up to the microsecond,
 * whichever passages count.
 */
export class LineTimes {
  readonly #placed = new Map<Passage, LineTime>();
  readonly #order: Passage[] = [];
  #lines = 0;

  /** In the order in which they happened; again with the same one it changes nothing. */
  place(passage: Passage): LineTime {
    const known = this.#placed.get(passage);
    if (known !== undefined) return known;
    const place = this.#find(passage);
    this.#placed.set(passage, place);
    this.#order.push(passage);
    return place;
  }

  /** The lap between two passages that were placed. */
  measure(from: Passage, to: Passage): Measured {
    const [start, end] = [this.place(from), this.place(to)];
    const interrupted = standsFor(from).boot !== standsFor(to).boot;
    if (start.line !== end.line) return { time: null, uncertainty: 0 as Micros, interrupted };
    return {
      time: (Math.round(end.at) - Math.round(start.at)) as Micros,
      uncertainty: micros(uncertaintyBetween(start, end)),
      interrupted,
    };
  }

  #find(passage: Passage): LineTime {
    const last = this.#order[this.#order.length - 1];
    if (last === undefined) return this.#newLine();
    for (let back = 1; back <= Math.min(lookBack, this.#order.length); back += 1) {
      const before = this.#order[this.#order.length - back] as Passage;
      const step = inOneGate(before, passage);
      if (step !== null) return this.#after(before, step);
    }
    const step = inController(last, passage);
    return step === null ? this.#newLine() : this.#after(last, step);
  }

  #after(before: Passage, { time, uncertainty }: Step): LineTime {
    const from = this.#placed.get(before) as LineTime;
    const last = this.#placed.get(this.#order[this.#order.length - 1] as Passage) as LineTime;
    const at = from.at + time;
    const placed = { at, line: from.line, from, uncertainty };
    if (from.line !== last.line || at >= last.at) return placed;
    // A crossing that a gate kept while the controller's clock began anew is read after all that was seen before, and may have been
    // earlier: no lap lies between two passages of which the second is surely the first.
    if (last.at - at > uncertaintyBetween(last, placed)) return this.#newLine();
    // Clocks that disagree by less than their bounds may not turn the order of passages round.
    return { ...placed, at: last.at };
  }

  #newLine(): LineTime {
    this.#lines += 1;
    return { at: 0, line: this.#lines, from: null, uncertainty: 0 };
  }
}

/** Along what the two were measured from, back to what both have in common. */
function uncertaintyBetween(start: LineTime, end: LineTime): number {
  let sum = 0;
  let a: LineTime | null = start;
  let b: LineTime | null = end;
  while (a !== b && a !== null && b !== null) {
    if (a.at > b.at) {
      sum += a.uncertainty;
      a = a.from;
    } else {
      sum += b.uncertainty;
      b = b.from;
    }
  }
  return sum;
}
