import { Worker } from 'node:worker_threads';

/** What an output was told: a pulse width in µs, and when, in µs of CLOCK_MONOTONIC. */
export interface DutySample {
  readonly micros: number;
  readonly at: number;
}

const thread = new URL(
  import.meta.url.includes('/dist/') ? './duty-watch-thread.js' : '../dist/drive/duty-watch-thread.js',
  import.meta.url,
);

/** Watches a file `duty_cycle` from a thread of its own. */
export class DutyWatch {
  readonly #file: string;
  readonly #onSample: (sample: DutySample) => void;
  #thread: Worker | undefined;

  constructor(file: string, onSample: (sample: DutySample) => void) {
    this.#file = file;
    this.#onSample = onSample;
  }

  start(): void {
    this.#thread = new Worker(thread, { workerData: this.#file });
    this.#thread.on('message', this.#onSample);
  }

  /** Returns when the file is let go of. Idempotent. */
  async stop(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    if (thread === undefined) return;
    const ended = new Promise((resolve) => thread.once('exit', resolve));
    thread.postMessage('end');
    await ended;
  }
}
