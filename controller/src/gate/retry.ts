/** Tries again after a wait that doubles from the first to the last, until it has worked. One timer, whatever happens. */
export class Retry {
  readonly #firstMs: number;
  readonly #lastMs: number;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(firstMs: number, lastMs: number) {
    this.#firstMs = firstMs;
    this.#lastMs = lastMs;
  }

  /** Whether it has failed since it worked last. */
  get isFailing(): boolean {
    return this.#failures > 0;
  }

  again(action: () => void): void {
    clearTimeout(this.#timer);
    const waitMs = Math.min(this.#lastMs, this.#firstMs * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    this.#timer = setTimeout(action, waitMs);
  }

  worked(): void {
    this.#failures = 0;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
