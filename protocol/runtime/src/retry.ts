import { type BackOff, backOffMs } from './back-off.js';
import { systemTimers, type Timers } from './timers.js';

export interface RetryOptions extends BackOff {
  /** 0 to 1. */
  readonly random?: () => number;
  readonly timers?: Timers;
}

/** Tries again after a wait that grows with each failure, until it has worked. One timer, whatever happens. */
export class Retry {
  readonly #options: RetryOptions;
  #failures = 0;
  #timer: unknown;

  constructor(options: RetryOptions) {
    this.#options = options;
  }

  /** In a row, since it worked last. */
  get failures(): number {
    return this.#failures;
  }

  /** It failed: the action comes after the next wait, in place of one that still waits. @returns that wait, ms */
  again(action: () => void): number {
    const { random, timers = systemTimers } = this.#options;
    this.#failures += 1;
    const waitMs = backOffMs(this.#failures, this.#options, random);
    timers.clear(this.#timer);
    this.#timer = timers.set(action, waitMs);
    return waitMs;
  }

  worked(): void {
    this.#failures = 0;
  }

  /** What waits does not come. */
  stop(): void {
    const { timers = systemTimers } = this.#options;
    timers.clear(this.#timer);
  }
}
