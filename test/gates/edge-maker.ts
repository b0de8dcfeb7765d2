import { openSync, writeFileSync, writeSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * The track in a live comparison, as a process of its own: a signal that changes at given times. It goes to a named pipe, where
 * an interrupt would come from, and to a file, where a poller would look. It prints when each change was, in µs of this
 * machine's monotonic clock, or `unknown` where it was interrupted just then. Arguments: pipe, file, and the pauses between crossings in µs, with commas between.
 */
const [pipe, file, pauses] = process.argv.slice(2) as [string, string, string];
const descriptor = openSync(pipe, 'r+');
const width = 60_000n;
const now = () => process.hrtime.bigint() / 1000n;
const set = (level: '0' | '1') => {
  const before = now();
  writeSync(descriptor, level);
  const after = now();
  writeFileSync(file, level);
  return after - before > 300n ? 'unknown' : String((before + after) / 2n);
};
const waitUntil = async (at: bigint) => {
  const pause = Number(at - now()) / 1000 - 2;
  if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  while (now() < at);
};

try {
  // Signals come from hardware; nothing keeps them waiting.
  setPriority(constants.priority.PRIORITY_HIGHEST);
} catch {
  // Then more of them are unknown.
}
let at = now() + 500_000n;
for (const pause of pauses.split(',')) {
  at += BigInt(pause);
  await waitUntil(at);
  console.log(set('1'));
  await waitUntil(at + width);
  set('0');
}
