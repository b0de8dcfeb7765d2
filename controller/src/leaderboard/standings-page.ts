import type { Board, Standings, StandingsRow, UnrankedRow } from '@pitwall/protocol/api';
import { cursorAfter, readCursor } from './cursor.js';
import type { Column, Filter } from './standing-index.js';
import { type BoardReader, heading, rowOf, unrankedOf } from './standings-read.js';

export interface StandingsQuery {
  readonly filter?: Filter;
  readonly limit: number;
  /** Of one column's next page; without it the first page of all. */
  readonly cursor?: string | undefined;
}

interface Page {
  readonly rows: StandingsRow[];
  readonly next: string | null;
}

const nothing: Page = { rows: [], next: null };

/** A page of each column of a board, or the next of one. @throws PitwallError `message-invalid`. */
export async function standingsPage(
  board: Board,
  reader: BoardReader,
  { filter, limit, cursor }: StandingsQuery & { readonly filter: Filter },
): Promise<Standings> {
  const one = cursor === undefined || cursor.startsWith('u.') ? undefined : readCursor(cursor);
  const page = async (column: Column): Promise<Page> => {
    if (cursor !== undefined && one?.column !== column) return nothing;
    const from = () => (one === undefined ? 0 : reader.placesUpTo(column, filter, one.placing));
    const rows = (await reader.rows(column, filter, from, limit)).map(rowOf) as StandingsRow[];
    const last = rows.at(-1);
    const more = last !== undefined && last.rank < reader.size(column, filter);
    return { rows, next: more ? cursorAfter(column, last) : null };
  };
  const [physical, virtual, combined, unranked] = await Promise.all([
    page('physical'),
    page('virtual'),
    board.combined ? page('combined') : undefined,
    one === undefined ? reader.unranked(filter, cursor?.slice(2) ?? '', limit) : [],
  ]);
  const lastUnranked = unranked.at(-1);
  return {
    ...heading(board),
    leaderboard: board.id,
    physical: physical.rows,
    virtual: virtual.rows,
    unranked: unranked.map(unrankedOf) as UnrankedRow[],
    ...(combined === undefined ? {} : { combined: combined.rows }),
    next: {
      physical: physical.next,
      virtual: virtual.next,
      ...(combined === undefined ? {} : { combined: combined.next }),
      unranked: unranked.length === limit && lastUnranked ? `u.${lastUnranked.racer} ${lastUnranked.kind}` : null,
    },
  };
}
