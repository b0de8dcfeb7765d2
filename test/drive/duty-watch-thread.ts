import { closeSync, openSync, readSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { DutySample } from './duty-watch.js';

/** An ESC hears of its pulse 50 times a second, also when it stays the same. */
const pulseMicros = 20_000;

/**
 * Looks at a file `duty_cycle` a thousand times a second in a thread of its own, so that nothing else that a test does
 * delays what it sees; tells each change at once, and what holds with every pulse.
 */
try {
  // 0 is this thread.
  setPriority(0, -19);
} catch {
  // Only for who may.
}
const file = openSync(workerData as string, 'r');
const buffer = Buffer.alloc(16);
const nap = new Int32Array(new SharedArrayBuffer(4));
let ended = false;
parentPort?.once('message', () => {
  ended = true;
});
let last: DutySample = { micros: -1, at: 0 };
function look(): void {
  for (let looks = 0; looks < 20; looks += 1) {
    const length = readSync(file, buffer, 0, 16, 0);
    const at = Number(process.hrtime.bigint() / 1000n);
    const micros = Number.parseInt(buffer.toString('latin1', 0, length), 10) / 1000;
    if (!Number.isNaN(micros) && (micros !== last.micros || at - last.at >= pulseMicros)) {
      last = { micros, at };
      parentPort?.postMessage(last);
    }
    Atomics.wait(nap, 0, 0, 1);
  }
  if (ended) closeSync(file);
  else setImmediate(look);
}
look();
