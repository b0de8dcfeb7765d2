import type { DeskClock } from '../ports.js';

/** µs. */
const every = 60_000_000;

/** What fails again and again is told at once, and then once a minute with how often it did; what waits has its own back-off. */
export class FailureLog {
  readonly #clock: Pick<DeskClock, 'now'>;
  #toldAt: number | undefined;
  #untold = 0;

  constructor(clock: Pick<DeskClock, 'now'>) {
    this.#clock = clock;
  }

  /** It failed once more. `tell` hears how often it has since it was last told, where it is time to. */
  failed(tell: (tries: number) => void): void {
    const now = this.#clock.now();
    this.#untold += 1;
    if (this.#toldAt !== undefined && now - this.#toldAt < every) return;
    this.#toldAt = now;
    tell(this.#untold);
    this.#untold = 0;
  }

  /** It works. `tell` hears so where it had failed. */
  worked(tell: () => void): void {
    if (this.#toldAt === undefined) return;
    this.#toldAt = undefined;
    this.#untold = 0;
    tell();
  }
}
