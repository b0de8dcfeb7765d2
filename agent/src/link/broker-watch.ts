import type { Micros } from '@pitwall/protocol';
import type { Now } from '@pitwall/runtime';

/** How often the broker is asked for a sign of life, in ms. */
const pingMs = 100;

export interface BrokerWatchParts {
  readonly now: Now;
  /** Asks for a sign of life. */
  readonly ping: () => void;
  /** Nothing was heard of the broker for this long, in µs: whatever TCP still believes. Asked at each look. */
  readonly patience: () => number;
  readonly onSilent: () => void;
  /** The broker is heard again. */
  readonly onHeard: () => void;
}

/** Whether the broker is heard. Table: `docs/states.md`, the link of a car to its track. */
export class BrokerWatch {
  readonly #parts: BrokerWatchParts;
  #timer: NodeJS.Timeout | undefined;
  #heard = 0 as Micros;
  #silent = false;
  #ended = false;

  constructor(parts: BrokerWatchParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#ended || this.#timer !== undefined) return;
    this.#heard = this.#parts.now();
    this.#timer = setInterval(() => this.#look(), pingMs);
  }

  /** For good: nothing is told afterwards. */
  stop(): void {
    this.#ended = true;
    clearInterval(this.#timer);
  }

  /** Something of the broker arrived. */
  heard(): void {
    this.#heard = this.#parts.now();
    if (!this.#silent || this.#ended) return;
    this.#silent = false;
    this.#parts.onHeard();
  }

  #look(): void {
    const { now, ping, patience, onSilent } = this.#parts;
    ping();
    if (this.#silent || now() - this.#heard <= patience()) return;
    this.#silent = true;
    onSilent();
  }
}
