import { Worker } from 'node:worker_threads';
import type { DutyNews, DutySample, DutyWish } from './duty-watch-thread.js';

export type { DutySample };

const script = new URL(
  import.meta.url.includes('/dist/') ? './duty-watch-thread.js' : '../dist/drive/duty-watch-thread.js',
  import.meta.url,
);

let thread: Worker | undefined;
const watches = new Map<number, (sample: DutySample | null) => void>();
let ids = 0;

function wish(wished: DutyWish): void {
  if (thread === undefined) {
    thread = new Worker(script);
    thread.on('message', ({ id, sample }: DutyNews) => watches.get(id)?.(sample));
  }
  thread.ref();
  thread.postMessage(wished);
}

/** Watches a file `duty_cycle` from a thread apart. */
export class DutyWatch {
  readonly #file: string;
  readonly #onSample: (sample: DutySample) => void;
  #id: number | undefined;

  constructor(file: string, onSample: (sample: DutySample) => void) {
    this.#file = file;
    this.#onSample = onSample;
  }

  start(): void {
    ids += 1;
    this.#id = ids;
    watches.set(ids, (sample) => {
      if (sample !== null) this.#onSample(sample);
    });
    wish({ id: ids, file: this.#file });
  }

  /** Returns when the file is let go of. Idempotent. */
  async stop(): Promise<void> {
    const id = this.#id;
    this.#id = undefined;
    if (id === undefined) return;
    await new Promise<void>((resolve) => {
      watches.set(id, (sample) => {
        if (sample === null) resolve();
      });
      wish({ id, file: null });
    });
    watches.delete(id);
    // Who watches nothing any more may end.
    if (watches.size === 0) thread?.unref();
  }
}
