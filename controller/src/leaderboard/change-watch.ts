/** How soon a change made by another process is heard of, ms. */
const pollMs = 250;

/** Tells those who follow a board that it may have changed: at once after a commit here, else by looking. */
export class BoardWatch {
  readonly #readLastChange: () => Promise<number>;
  readonly #waiting = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #seq = 0;

  /** `look` answers the board's last change. */
  constructor(look: () => Promise<number>) {
    this.#readLastChange = look;
  }

  /** Resolves when there is something after `seq`, or when the signal aborts. */
  async after(seq: number, signal: AbortSignal): Promise<void> {
    if (this.#seq > seq || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        if (this.#waiting.size === 0) clearInterval(this.#timer);
        resolve();
      };
      if (this.#waiting.size === 0) this.#timer = setInterval(() => this.poke(), pollMs);
      this.#waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  poke(): void {
    if (this.#waiting.size === 0) return;
    this.#readLastChange().then(
      (seq) => {
        if (seq <= this.#seq) return;
        this.#seq = seq;
        for (const wake of [...this.#waiting]) wake();
      },
      // The next look tells more.
      () => undefined,
    );
  }
}
