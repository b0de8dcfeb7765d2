import type { PitwallError } from '@pitwall/protocol';
import { Retry } from '@pitwall/runtime';
import type { Process } from './process.js';

/** How long after its end a process is started anew. */
const backOff = { firstMs: 250, mostMs: 5000 };
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
  readonly #retry = new Retry(backOff);
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
    this.#retry.stop();
    await this.#process?.stop();
  }

  #begin(): void {
    this.#since = performance.now();
    this.#process = this.#options.start((error) => this.#lost(error));
  }

  #lost(error: PitwallError): void {
    if (this.#stopped) return;
    this.#options.lost(error);
    if (performance.now() - this.#since > healthy) this.#retry.worked();
    this.#retry.again(() => this.#begin());
  }
}
