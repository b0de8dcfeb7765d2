import type { Micros } from '@pitwall/protocol';
import { neutral, type Outputs } from '../hardware/index.js';

/** How long whoever drives by hand may be silent, in µs. */
const deadMan = 300_000;

/** Manual drive: what the person at the controls wants, and whether they are still there. */
export class ManualInput {
  #wants: Outputs = neutral;
  #at = 0 as Micros;

  moved(wants: Outputs, at: Micros): void {
    this.#wants = wants;
    this.#at = at;
  }

  /** What it wanted before the start does not count: the dead-man begins to run now. */
  starts(at: Micros): void {
    this.moved(neutral, at);
  }

  isSilent(at: Micros): boolean {
    return at - this.#at > deadMan;
  }

  /** @param scale percent of the throttle */
  outputs(scale: number): Outputs {
    const { steering, throttle } = this.#wants;
    return { steering, throttle: (throttle * scale) / 100 };
  }
}
