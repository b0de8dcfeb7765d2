import { isFull, isNeutral, type MotorSample, monotonic, type Rig } from './rigs.js';

/** Follows what a rig's motor is told, and says when it began to be neutral for good. */
export class MotorWatch {
  #last: MotorSample | undefined;
  /** The latest sample that was not neutral, and the first neutral one after it. */
  #moved: MotorSample | undefined;
  #neutral: MotorSample | undefined;
  readonly #waiting = new Set<(sample: MotorSample) => void>();

  constructor(rig: Rig) {
    rig.onMotor = (sample) => {
      this.#last = sample;
      if (!isNeutral(sample)) {
        this.#moved = sample;
        this.#neutral = undefined;
      } else this.#neutral ??= sample;
      for (const look of [...this.#waiting]) look(sample);
    };
  }

  get last(): MotorSample | undefined {
    return this.#last;
  }

  /** Whether there was full throttle for `forMs` in a row within `withinMs`. */
  full(forMs = 60, withinMs = 1000): Promise<boolean> {
    let since = 0;
    return new Promise((resolve) => {
      const end = (result: boolean) => {
        this.#waiting.delete(look);
        clearTimeout(late);
        resolve(result);
      };
      const look = (sample: MotorSample) => {
        if (!isFull(sample)) since = 0;
        else if (since === 0) since = sample.at;
        if (since !== 0 && sample.at - since > forMs * 1000) end(true);
      };
      const late = setTimeout(() => end(false), withinMs);
      this.#waiting.add(look);
    });
  }

  /** Waits for a pulse width, in µs, that is this to within `tolerance`. */
  becomes(micros: number, tolerance: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (sample: MotorSample) => {
        if (Math.abs(sample.micros - micros) > tolerance) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }

  /**
   * Waits until the motor was neutral (or got no pulse, which an ESC takes for it) for `settleMs`, and returns when
   * that began, in µs. Undefined when it did not within `withinMs`.
   */
  async neutral(settleMs = 80, withinMs = 4000): Promise<number | undefined> {
    const begun = monotonic();
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      const at = monotonic();
      const last = this.#last;
      if (last !== undefined && !isNeutral(last) && at - last.at > settleMs * 1000) return last.at + 20_000;
      if (this.#neutral !== undefined && at - this.#neutral.at > settleMs * 1000 && at - begun > settleMs * 1000) {
        return this.#neutral.at;
      }
      if (at - begun > withinMs * 1000) return undefined;
    }
  }

  /** The latest moment at which the motor was told anything but neutral. */
  get movedAt(): number {
    return this.#moved?.at ?? 0;
  }
}
