import type { PitwallError } from '@pitwall/protocol';
import type { Process } from './process.js';

/** How long after its end a process is started anew, ms: the first time, and at most. */
const firstPause = 250;
const longestPause = 5000;
/** So long alive, ms, and the next end is a first one again. */
const healthy = 10_000;

export interface KeptOptions {
  readonly start: (onLost: (error: PitwallError) => void) => Process;
  /** It ended by itself, and is started anew. */
  readonly lost: (error: PitwallError) => void;
}

/** A process that is started again whenever it ends by itself, until it is stopped. */
export class Kept {
  readonly #options: KeptOptions;
  #process: Process | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pause = firstPause;
  #since = 0;
  #stopped = true;

  constructor(options: KeptOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopped = false;
    this.#begin();
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#process?.stop();
  }

  #begin(): void {
    this.#since = performance.now();
    this.#process = this.#options.start((error) => this.#lost(error));
  }

  #lost(error: PitwallError): void {
    if (this.#stopped) return;
    this.#options.lost(error);
    if (performance.now() - this.#since > healthy) this.#pause = firstPause;
    this.#timer = setTimeout(() => this.#begin(), this.#pause);
    this.#pause = Math.min(longestPause, this.#pause * 2);
  }
}
