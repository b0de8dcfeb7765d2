import type { RacerId } from '@pitwall/protocol';
import type { RaceState, RunState } from '@pitwall/protocol/race';
import { placingMs } from '@pitwall/protocol/ranking';

export interface LiveRow {
  readonly racer: RacerId;
  readonly alias: string;
  /** From 1; null without a score. */
  readonly place: number | null;
  readonly score: number | null;
  /** Is driving. */
  readonly isNow: boolean;
}

/** The standings with the run under way as if it ended now; who has no score comes last, in the order of the entries. */
export function liveRows({ standings }: Pick<RaceState, 'standings'>, run: RunState | undefined): LiveRow[] {
  const rows = standings.map(({ racer, alias, score }, order) => {
    const isNow = run !== undefined && run.racer === racer;
    const driven = isNow && run.score !== null ? Math.min(run.score, score ?? Infinity) : score;
    return { racer, alias, score: driven, isNow, order, isEarlier: driven === score };
  });
  // Of equal shown times the one that stands already is first.
  rows.sort((a, b) => {
    if (a.score === null || b.score === null)
      return Number(a.score === null) - Number(b.score === null) || a.order - b.order;
    const ms = placingMs(a.score) - placingMs(b.score);
    return ms || Number(b.isEarlier) - Number(a.isEarlier) || a.order - b.order;
  });
  return rows.map(({ racer, alias, score, isNow }, index) => ({
    racer,
    alias,
    score,
    isNow,
    place: score === null ? null : index + 1,
  }));
}

/** Those that have room on one page: the first three on each of them, the others in turn. */
export function pageOf<Row>(rows: readonly Row[], room: number, page: number): Row[] {
  const fits = Math.max(4, room);
  if (rows.length <= fits) return [...rows];
  const pinned = rows.slice(0, 3);
  const rest = rows.slice(3);
  const size = fits - 3;
  const pages = Math.ceil(rest.length / size);
  // The last page is a full one, too.
  const from = Math.min((page % pages) * size, rest.length - size);
  return [...pinned, ...rest.slice(from, from + size)];
}
