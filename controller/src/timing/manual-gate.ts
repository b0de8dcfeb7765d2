import { GateId, type Micros } from '@pitwall/protocol';
import type { Clock } from '@pitwall/runtime';
import type { MqttLink } from '@pitwall/runtime/mqtt-link';
import type { RecordedAs, StampedCrossing } from './timing.js';

/** The gate of marshals' keys: a race that takes them names it among its gates. */
export const manualGate = GateId.parse('manual');

/**
 * How far a hand is from the moment, 95 of 100: reaction to an expected event varies by some 0.05 s from press to press;
 * keyboard, browser and network add as much again.
 */
export const handUncertainty = 150_000 as Micros;

/** Crossings by a marshal's key. They are stamped here and not kept anywhere before the record has them. */
export class ManualGate {
  readonly #clock: Clock;
  readonly #link: Pick<MqttLink, 'sessionId'>;
  readonly #record: (stamped: StampedCrossing) => Promise<RecordedAs>;
  #last = 0;

  constructor(
    clock: Clock,
    link: Pick<MqttLink, 'sessionId'>,
    record: (stamped: StampedCrossing) => Promise<RecordedAs>,
  ) {
    this.#clock = clock;
    this.#link = link;
    this.#record = record;
  }

  /** Now. @returns after the crossing is on disk. */
  async press(): Promise<{ seq: number; at: Micros; uncertainty: Micros }> {
    const { bootId } = this.#clock;
    const at = this.#clock.now();
    // The time numbers it: unique in this life of the clock, and no counter to keep.
    const seq = Math.max(at, this.#last + 1);
    this.#last = seq;
    await this.#record({
      crossing: { gate: manualGate, bootId, seq, at, uncertainty: handUncertainty, sessionId: this.#link.sessionId },
      controllerAt: at,
      controllerBound: 0 as Micros,
      epoch: bootId,
      rate: { value: 1, bound: 0 },
    });
    return { seq, at, uncertainty: handUncertainty };
  }
}
