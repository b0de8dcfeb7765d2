import type { Stamp } from '@pitwall/protocol/race';

/** A minute of them. */
const kept = 60;
/** A sample that lags so far behind, µs, was not delayed: the other clock stood still, or ours leapt. */
const leap = 2_000_000;

/**
 * The controller's clock as this page knows it. Each message was written a little before it is heard, so that the one that was
 * least on its way tells best; the last few decide, so that the two clocks may drift.
 */
export class ServerClock {
  #bootId: string | undefined;
  #offsets: number[] = [];

  /** `local` is this page's monotonic clock at the moment of hearing, µs. */
  hear(now: Stamp, local: number): void {
    const offset = now.at - local;
    if (now.bootId !== this.#bootId || offset < this.#offset - leap) this.#offsets = [];
    this.#bootId = now.bootId;
    this.#offsets.push(offset);
    if (this.#offsets.length > kept) this.#offsets.shift();
  }

  /** The controller's clock at a moment of this page's; null before anything was heard. */
  at(local: number): Stamp | null {
    if (this.#bootId === undefined) return null;
    return { bootId: this.#bootId, at: Math.max(0, Math.round(local + this.#offset)) } as Stamp;
  }

  get #offset(): number {
    return Math.max(...this.#offsets);
  }
}
