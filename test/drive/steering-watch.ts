import { DutyWatch } from './duty-watch.js';
import type { SysfsRig } from './rigs.js';

/** Which way the servo of a rig was told to turn, and when. */
export class SteeringWatch {
  readonly #watch: DutyWatch;
  #left: boolean | undefined;
  readonly #turns: Readonly<Record<'left' | 'right', number[]>> = { left: [], right: [] };

  constructor(rig: SysfsRig) {
    this.#watch = new DutyWatch(rig.servo, ({ micros, at }) => {
      if (micros * 1000 === rig.straight) return;
      const left = micros * 1000 > rig.straight;
      if (left === this.#left) return;
      this.#left = left;
      this.#turns[left ? 'left' : 'right'].push(at);
    });
  }

  start(): void {
    this.#watch.start();
  }

  /** Idempotent. */
  stop(): Promise<void> {
    return this.#watch.stop();
  }

  /** It turned that way within that time, in µs of CLOCK_MONOTONIC. */
  turned(left: boolean, from: number, to = Number.POSITIVE_INFINITY): boolean {
    return this.#turns[left ? 'left' : 'right'].some((at) => at > from && at < to);
  }
}
