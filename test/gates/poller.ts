import { readFileSync } from 'node:fs';

/**
 * What others do, written for comparison: look at a pin every 10 ms, and when it has changed take the wall clock. Prints
 * the time of each crossing in µs.
 */
const file = process.argv[2] as string;
let last = '0';
setInterval(() => {
  const level = readFileSync(file, 'utf8') || last;
  if (level === '1' && last === '0') console.log(String(Date.now() * 1000));
  last = level;
}, 10);
console.log('ready');
