import type { Edge } from './sensor.js';

/** Half of 95 of 100 of a normal distribution, in standard deviations. */
const coverage = 1.96;

export interface Repeatability {
  /** µs; 95 of 100 stamps are this close to where a perfect sensor would have put them, or closer. */
  readonly micros: number;
  readonly passes: number;
}

const deviation = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
};

/**
 * From a series of passes that all take the same time: the same car rolled down the same ramp from the same mark. The time
 * between where the pass begins and where it ends has the error of two stamps. What the ramp itself varies counts as the
 * sensor's, so the figure is an upper bound.
 * @param widths µs each; three or more.
 */
export function fromWidths(widths: readonly number[]): Repeatability | undefined {
  if (widths.length < 3) return undefined;
  return { micros: Math.ceil((coverage * deviation(widths)) / Math.SQRT2), passes: widths.length };
}

/**
 * From passes at a steady pace: a flag on a turntable or a motor. Second differences of the stamps are free of the pace and
 * of its slow changes, and have six times the variance of a stamp.
 * @param stamps µs, ascending; five or more.
 */
export function fromPeriods(stamps: readonly number[]): Repeatability | undefined {
  if (stamps.length < 5) return undefined;
  const second = stamps.slice(2).map((at, i) => at - 2 * (stamps[i + 1] as number) + (stamps[i] as number));
  const variance = second.reduce((sum, value) => sum + value * value, 0) / second.length;
  return { micros: Math.ceil(coverage * Math.sqrt(variance / 6)), passes: stamps.length };
}

/** A pass: its first edge, the last one before a pause, and how long it bounced at its beginning. */
export interface Pass {
  readonly at: number;
  readonly width: number;
  readonly edges: number;
}

/** Edges that follow one another within `pause` µs are one pass. */
export function passesOf(edges: readonly Edge[], pause: number): Pass[] {
  const passes: Pass[] = [];
  for (const { at } of edges) {
    const last = passes.at(-1);
    if (last === undefined || at - (last.at + last.width) > pause) passes.push({ at, width: 0, edges: 1 });
    else passes[passes.length - 1] = { at: last.at, width: at - last.at, edges: last.edges + 1 };
  }
  return passes;
}
