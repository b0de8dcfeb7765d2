import { BootId, type Micros } from '@pitwall/protocol';
import type { Clock } from '@pitwall/runtime';
import type { DeviceTimes } from './sensor.js';

/** The decoder's clock against ours may be seen to move by delivery delays, not by more; beyond it, it started anew. */
const slack = 2_000_000;

/** The clock of a decoder that cannot be asked for it, as its passings show it when they come. */
export class DecoderClock {
  readonly #clock: Clock;
  /** How far the decoder's clock is ahead of ours, by the passing that was delivered quickest. */
  #life: { bootId: BootId; ahead: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Which life of its clock a passing is from. @param at by the decoder @param arrival on our clock */
  lifeOf(at: Micros, arrival: Micros): BootId {
    const ahead = at - arrival;
    if (this.#life === undefined || Math.abs(ahead - this.#life.ahead) > slack)
      this.#life = { bootId: BootId.parse(`${this.#clock.bootId.slice(0, 36)}-d${this.#clock.now()}`), ahead };
    // The least delay so far; it may only shrink within a life, but for drift, which the slack covers.
    this.#life.ahead = Math.max(this.#life.ahead, ahead);
    return this.#life.bootId;
  }

  /**
   * The decoder's clock as the quickest passing so far shows it: late by that passing's delay (some ms to tens of ms),
   * which is the same for every crossing and so in no lap.
   */
  probe(now: Micros): DeviceTimes | undefined {
    if (this.#life === undefined) return undefined;
    const at = Math.round(now + this.#life.ahead) as Micros;
    return at < 0 ? undefined : { bootId: this.#life.bootId, receivedAt: at, answeredAt: at };
  }
}
