export interface BackOff {
  /** ms after the first failure; each further one doubles it. */
  readonly firstMs: number;
  /** ms; no wait is longer. */
  readonly mostMs: number;
}

/**
 * How long to wait, in whole ms, after so many failures in a row (1 is the first): doubling, and each a random half to whole of
 * that, so that many who lost the same thing do not come back in step.
 * @param random 0 to 1
 */
export function backOffMs(failures: number, { firstMs, mostMs }: BackOff, random: () => number = Math.random): number {
  const whole = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(whole * (0.5 + random() / 2));
}
