import { limits } from '../limits/index.js';

/** A standby that was not heard of for so long does not follow now, ms. */
const awayAfterMs = 4000;
/** An answer without changes waits so long for one, ms. */
const longestWaitMs = 1000;

/** The standby as its controller knows it. A crossing is acknowledged to its gate, which forgets it then, only when the standby has it as well. */
export class Follower {
  /** What waits for the next answer that is read, and what is in the last one. */
  #waiting: (() => void)[] = [];
  #told: (() => void)[] = [];
  #wake: (() => void) | undefined;
  #givenUp: NodeJS.Timeout | undefined;
  #toldTo = 0;
  #behind = 0;
  #heardAt: number | undefined;

  get isHere(): boolean {
    return this.#heardAt !== undefined && Date.now() - this.#heardAt < awayAfterMs;
  }

  /** Changes that it does not have. */
  get behind(): number {
    return this.#behind;
  }

  /** Resolves when the standby has what is on disk now, or was given up, or never was. */
  async has(): Promise<void> {
    if (this.#givenUp === undefined) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      this.#wake?.();
    });
  }

  /** One followed, before this controller was started: it will again. */
  expect(): void {
    clearTimeout(this.#givenUp);
    this.#givenUp = setTimeout(() => this.#giveUp(), limits.standby.awayMs).unref();
  }

  /** It asks for what comes after a change: all until that is on its disk. An answer that was lost on the way is not. */
  asks(after: number): void {
    this.#heardAt = Date.now();
    this.expect();
    const told = this.#told.splice(0);
    if (after < this.#toldTo) this.#waiting.unshift(...told);
    else for (const has of told) has();
  }

  /** An answer is read now: where nothing is behind it, it has whatever was on disk before. */
  answers(to: number, behind: number): void {
    this.#behind = behind;
    this.#toldTo = to;
    if (behind === 0) this.#told.push(...this.#waiting.splice(0));
  }

  /** Resolves when something may have changed. */
  async change(): Promise<void> {
    if (this.#waiting.length > 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, longestWaitMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  stop(): void {
    clearTimeout(this.#givenUp);
    this.#wake?.();
  }

  #giveUp(): void {
    this.#givenUp = undefined;
    for (const has of [...this.#told.splice(0), ...this.#waiting.splice(0)]) has();
  }
}
