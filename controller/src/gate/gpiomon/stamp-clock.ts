import { BootId, type Micros } from '@pitwall/protocol';
import type { Clock } from '../../link/index.js';

/** A line may wait this long in pipes and buffers before it is read. */
const longestWait = 600_000_000;
const earliest = -2000;
/** A foreign clock's distance from ours may change by this much before it is taken to have been set. */
const foreignSlack = 1_000_000;

/**
 * Names the life of the clock that stamps came from. They should be this machine's monotonic clock; kernels before 5.7
 * stamp by the wall clock, which people and programs set. Such stamps are kept under a name of their own, with a new
 * one after each jump, so that nothing is subtracted across it.
 */
export class StampClock {
  readonly #clock: Clock;
  #foreign: { bootId: BootId; distance: number } | undefined;
  #lives = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns the life, and whether it is one that no stamp had before. */
  lifeOf(at: Micros): { bootId: BootId; jumped: boolean } {
    const distance = this.#clock.now() - at;
    if (distance >= earliest && distance < longestWait) return { bootId: this.#clock.bootId, jumped: false };
    if (this.#foreign !== undefined && Math.abs(distance - this.#foreign.distance) < foreignSlack)
      return { bootId: this.#foreign.bootId, jumped: false };
    this.#lives += 1;
    const bootId = BootId.parse(`${this.#clock.bootId.slice(0, 36)}-${this.#clock.now()}-${this.#lives}`);
    this.#foreign = { bootId, distance };
    return { bootId, jumped: true };
  }
}
