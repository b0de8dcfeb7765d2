import { PitwallError } from '@pitwall/protocol';
import type { HeldResults, KeptResult, PastRevision } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import { resultIn } from './candidate.js';
import type { HistoryRow, LeaderboardTables, ResultRow } from './tables.js';

export const keptOf = (row: ResultRow): KeptResult =>
  ({
    result: resultIn(row.body),
    racer: row.racer,
    state: row.state,
    reasons: JSON.parse(row.reasons),
    score: row.score,
    receivedAt: row.received_at,
    signed: !row.body.startsWith('{'),
  }) as KeptResult;

const pastOf = ({ action, actor, at, racer, state, body }: HistoryRow): PastRevision =>
  ({ action, by: actor, at, racer, state, result: resultIn(body) }) as PastRevision;

/** A place in a list ordered by a time and an id. @throws PitwallError `message-invalid`. */
export function readAt(cursor: string): { at: number; id: string } {
  const [, at, id = ''] = /^(\d{1,16})\.([0-9a-f-]{36})$/.exec(cursor) ?? [];
  if (at === undefined) throw new PitwallError('message-invalid', 'The cursor is none that a page of results gave.');
  return { at: Number(at), id };
}

/** A racer's results, the latest first, and the cursor of those before; null where there are none. */
export async function resultsOf(
  db: Kysely<LeaderboardTables>,
  board: string,
  racer: string,
  cursor: string | undefined,
  limit: number,
): Promise<{ results: KeptResult[]; next: string | null }> {
  const { at, id } = cursor === undefined ? { at: Number.MAX_SAFE_INTEGER, id: '' } : readAt(cursor);
  const rows = await db
    .selectFrom('leaderboard_results')
    .selectAll()
    .where('board', '=', board)
    .where('racer', '=', racer)
    .where((to) => to.or([to('finished_at', '<', at), to.and([to('finished_at', '=', at), to('result_id', '<', id)])]))
    .orderBy('finished_at', 'desc')
    .orderBy('result_id', 'desc')
    .limit(limit)
    .execute();
  const last = rows.at(-1);
  const next = last !== undefined && rows.length === limit ? `${last.finished_at}.${last.result_id}` : null;
  return { results: rows.map(keptOf), next };
}

/** How many results of each board wait for a person. */
export async function waitingResults(db: Kysely<LeaderboardTables>): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('leaderboard_results')
    .select(['board', (to) => to.fn.countAll<number>().as('waiting')])
    .where('state', '=', 'held')
    .groupBy('board')
    .execute();
  return new Map(rows.map(({ board, waiting }) => [board, Number(waiting)]));
}

/** Results that wait for a person, the one that came first before the others, and the cursor of the next page. */
export async function heldResults(
  db: Kysely<LeaderboardTables>,
  board: string,
  cursor: string | undefined,
  limit: number,
): Promise<HeldResults> {
  const { at, id } = cursor === undefined ? { at: -1, id: '' } : readAt(cursor);
  const rows = await db
    .selectFrom('leaderboard_results')
    .selectAll()
    .where('board', '=', board)
    .where('state', '=', 'held')
    .where((to) => to.or([to('received_at', '>', at), to.and([to('received_at', '=', at), to('result_id', '>', id)])]))
    .orderBy('received_at')
    .orderBy('result_id')
    .limit(limit)
    .execute();
  const last = rows.at(-1);
  const next = last !== undefined && rows.length === limit ? `${last.received_at}.${last.result_id}` : null;
  return { results: rows.map(keptOf), next };
}

/** One result and everything it was before. @throws PitwallError `not-found`. */
export async function resultWithHistory(
  db: Kysely<LeaderboardTables>,
  board: string,
  resultId: string,
): Promise<{ current: KeptResult; history: PastRevision[] }> {
  const row = await db
    .selectFrom('leaderboard_results')
    .selectAll()
    .where('board', '=', board)
    .where('result_id', '=', resultId)
    .executeTakeFirst();
  if (row === undefined) throw new PitwallError('not-found', `Leaderboard ${board} has no result ${resultId}.`);
  const history = await db
    .selectFrom('leaderboard_history')
    .selectAll()
    .where('board', '=', board)
    .where('result_id', '=', resultId)
    .orderBy('at')
    .orderBy('revision')
    .execute();
  return { current: keptOf(row), history: history.map(pastOf) };
}
