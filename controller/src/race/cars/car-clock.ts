import type { BootId, Micros } from '@pitwall/protocol';

/** Two clocks 100 ppm apart part by 12 ms in two of these: little beside the patience with a command. */
export const clockWindow = 60_000_000;

/**
 * One life of a car's clock, seen from ours. Every message was late by its way, so that the one that says the most is nearest
 * to the truth; but clocks drift, and what a fast message said hours ago would let commands expire too late. So only
 * the messages of the present window and of the one before it count.
 */
export class CarClock {
  readonly bootId: BootId;
  #since: Micros;
  #present: number;
  #before = -Infinity;

  /** `at` in the car's clock was read at `receivedAt` of ours. */
  constructor(bootId: BootId, at: Micros, receivedAt: Micros) {
    this.bootId = bootId;
    this.#since = receivedAt;
    this.#present = at - receivedAt;
  }

  /** The car's clock minus ours, µs; at most the truth. */
  get ahead(): number {
    return Math.max(this.#present, this.#before);
  }

  hear(at: Micros, receivedAt: Micros): void {
    const ahead = at - receivedAt;
    const age = receivedAt - this.#since;
    if (age < clockWindow) {
      this.#present = Math.max(this.#present, ahead);
      return;
    }
    this.#before = age < 2 * clockWindow ? this.#present : -Infinity;
    this.#present = ahead;
    this.#since = receivedAt;
  }
}
