/** What places a result: its score, then which was earlier. */
export interface Placing {
  readonly score: number;
  readonly finishedAt: number;
  readonly resultId: string;
}

/**
 * µs in whole milliseconds, cut off. Places are decided by them: finer differences are below what is shown and what gates
 * promise.
 */
export const placingMs = (score: number): number => Math.floor(score / 1000);

/** Lower score first; equal milliseconds by the earlier result; of two at one instant the lower id, so that order is total. */
export function comparePlacings(a: Placing, b: Placing): number {
  return (
    placingMs(a.score) - placingMs(b.score) ||
    a.finishedAt - b.finishedAt ||
    (a.resultId < b.resultId ? -1 : a.resultId > b.resultId ? 1 : 0)
  );
}
