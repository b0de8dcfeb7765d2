/** Milliseconds to wait after so many failures in a row: doubling from 0.5 s to 5 min, each a random half to whole of that. */
export function backoff(failures: number, random: () => number): number {
  const longest = 300_000;
  const whole = Math.min(longest, 500 * 2 ** Math.min(failures - 1, 20));
  return Math.round(whole * (0.5 + random() / 2));
}
