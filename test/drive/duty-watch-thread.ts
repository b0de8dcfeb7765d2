import { closeSync, openSync, readSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';

/** What an output was told: a pulse width in µs, and when, in µs of CLOCK_MONOTONIC. */
export interface DutySample {
  readonly micros: number;
  readonly at: number;
}

/** An ESC hears of its pulse 50 times a second, also when it stays the same. */
const pulseMicros = 20_000;

/** What is to be looked at from now on, or no more. */
export type DutyWish = { readonly id: number; readonly file: string } | { readonly id: number; readonly file: null };

/** `sample`: null: the file is let go of. */
export interface DutyNews {
  readonly id: number;
  readonly sample: DutySample | null;
}

interface Watched {
  readonly file: number;
  last: DutySample;
}

/**
 * Looks at files `duty_cycle` a thousand times a second in a thread of its own, so that nothing else that a test does
 * delays what it sees; tells each change at once, and what holds with every pulse. One thread for all: twelve of them at this
 * priority would leave twelve cars less of the processor than they have at the track.
 */
try {
  // 0 is this thread.
  setPriority(0, -19);
} catch {
  // Only for who may.
}
const watched = new Map<number, Watched>();
const buffer = Buffer.alloc(16);
const nap = new Int32Array(new SharedArrayBuffer(4));
const tell = (news: DutyNews) => parentPort?.postMessage(news);

parentPort?.on('message', ({ id, file }: DutyWish) => {
  if (file !== null) {
    watched.set(id, { file: openSync(file, 'r'), last: { micros: -1, at: 0 } });
    if (watched.size === 1) look();
    return;
  }
  const known = watched.get(id);
  watched.delete(id);
  if (known !== undefined) closeSync(known.file);
  tell({ id, sample: null });
});

function look(): void {
  if (watched.size === 0) return;
  for (let looks = 0; looks < 20; looks += 1) {
    for (const [id, one] of watched) {
      const length = readSync(one.file, buffer, 0, 16, 0);
      const at = Number(process.hrtime.bigint() / 1000n);
      const micros = Number.parseInt(buffer.toString('latin1', 0, length), 10) / 1000;
      if (Number.isNaN(micros) || (micros === one.last.micros && at - one.last.at < pulseMicros)) continue;
      one.last = { micros, at };
      tell({ id, sample: one.last });
    }
    Atomics.wait(nap, 0, 0, 1);
  }
  setImmediate(look);
}
