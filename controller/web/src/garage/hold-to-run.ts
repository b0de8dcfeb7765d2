export interface HoldParts {
  /** While the hand is there: again and again, one after the other. */
  readonly renew: () => Promise<void>;
  /** The hand has let go. Said at once, and once more when a renewal was still on its way: it must not be the last word. */
  readonly letGo: () => Promise<void>;
  /** Renewing failed: the hand counts as gone until it comes anew. */
  readonly onLost: (error: Error) => void;
  /** Between two renewals, ms; well below the car's own patience, which stops it when all this fails. */
  readonly every: number;
  readonly setTimer: (act: () => void, ms: number) => unknown;
  readonly clearTimer: (timer: unknown) => void;
}

/** The dead-man of a page: what a hand holds is renewed for as long as it holds, and for not a moment longer. */
export class HoldToRun {
  readonly #parts: HoldParts;
  #held = false;
  /** Counts the times it took hold: what belongs to an earlier one is over. */
  #hold = 0;
  #renewing = false;
  #timer: unknown;

  constructor(parts: HoldParts) {
    this.#parts = parts;
  }

  get held(): boolean {
    return this.#held;
  }

  take(): void {
    if (this.#held) return;
    this.#held = true;
    this.#hold += 1;
    if (!this.#renewing) void this.#renew();
  }

  /** What the hand wants has changed: it is said now. */
  changed(): void {
    if (!this.#held || this.#renewing) return;
    this.#parts.clearTimer(this.#timer);
    void this.#renew();
  }

  /** Idempotent. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#parts.clearTimer(this.#timer);
    this.#letGo();
  }

  async #renew(): Promise<void> {
    const { renew, every, onLost, setTimer } = this.#parts;
    const hold = this.#hold;
    this.#renewing = true;
    try {
      await renew();
    } catch (error) {
      if (this.#held && hold === this.#hold) {
        this.#held = false;
        onLost(error as Error);
      }
    }
    this.#renewing = false;
    if (!this.#held) this.#letGo();
    else if (hold !== this.#hold) void this.#renew();
    else this.#timer = setTimer(() => void this.#renew(), every);
  }

  #letGo(): void {
    // Who holds no more has said so; when that does not arrive, the car stops by itself.
    this.#parts.letGo().catch(() => undefined);
  }
}
