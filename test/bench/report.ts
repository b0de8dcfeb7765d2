/** One measured figure. `ok` is whether it meets its bar; baseline and ratio where there is something to compare with, measured in the same run. */
export interface Figure {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  /** The bar in words, such as "≤ 50". */
  readonly bar: string;
  readonly ok: boolean;
  readonly baseline?: number;
  readonly ratio?: number;
}

export type Report = (figure: Figure) => void;

/** A benchmark: a module `test/bench/NAME.ts` that exports `run`. */
export interface Bench {
  run(report: Report): Promise<void>;
}

/** The value below which the share `q` (0 to 1) of the values lies; the nearest rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN;
}
