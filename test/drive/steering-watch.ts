import { closeSync, openSync, readSync } from 'node:fs';
import { monotonic, type SysfsRig } from './rigs.js';

const lookMs = 2;

/** Which way the servo of a rig was told to turn, and when: looked at every few ms. */
export class SteeringWatch {
  readonly #rig: SysfsRig;
  #file = -1;
  #timer: NodeJS.Timeout | undefined;
  #left: boolean | undefined;
  readonly #turns: Readonly<Record<'left' | 'right', number[]>> = { left: [], right: [] };

  constructor(rig: SysfsRig) {
    this.#rig = rig;
  }

  start(): void {
    this.#file = openSync(this.#rig.servo, 'r');
    const buffer = Buffer.alloc(16);
    this.#timer = setInterval(() => {
      const nanoseconds = Number.parseInt(buffer.toString('latin1', 0, readSync(this.#file, buffer, 0, 16, 0)), 10);
      if (Number.isNaN(nanoseconds) || nanoseconds === this.#rig.straight) return;
      const left = nanoseconds > this.#rig.straight;
      if (left === this.#left) return;
      this.#left = left;
      this.#turns[left ? 'left' : 'right'].push(monotonic());
    }, lookMs);
  }

  /** Idempotent. */
  stop(): void {
    clearInterval(this.#timer);
    if (this.#file !== -1) closeSync(this.#file);
    this.#file = -1;
  }

  /** It turned that way within that time, in µs of CLOCK_MONOTONIC. */
  turned(left: boolean, from: number, to = Number.POSITIVE_INFINITY): boolean {
    return this.#turns[left ? 'left' : 'right'].some((at) => at > from && at < to);
  }
}
