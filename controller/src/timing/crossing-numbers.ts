import type { Micros } from '@pitwall/protocol';
import { SeqSet } from './seq-set.js';

const keptTimes = 2000;

/** Which numbers of one life have come, and of the latest of them, with which time. */
export class CrossingNumbers {
  readonly #seen = new SeqSet();
  readonly #times = new Map<number, Micros>();

  /** CrossingNumbers between the first and the last that have not come. */
  get missing(): number {
    return this.#seen.missing;
  }

  /** The time that came with it; undefined where it has not come, or too long ago. */
  timeOf(seq: number): Micros | undefined {
    return this.#times.get(seq);
  }

  add(seq: number, at: Micros): void {
    this.#seen.add(seq);
    this.#times.delete(seq);
    this.#times.set(seq, at);
    if (this.#times.size <= keptTimes) return;
    for (const oldest of this.#times.keys()) {
      this.#times.delete(oldest);
      return;
    }
  }
}
