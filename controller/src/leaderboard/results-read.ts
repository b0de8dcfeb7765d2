import { PitwallError } from '@pitwall/protocol';
import type { KeptResult, PastRevision } from '@pitwall/protocol/api';
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

/** A racer's results, the latest first, and the cursor of those before; null where there are none. */
export async function resultsOf(
  db: Kysely<LeaderboardTables>,
  board: string,
  racer: string,
  cursor: string | undefined,
  limit: number,
): Promise<{ results: KeptResult[]; next: string | null }> {
  const [at, id = ''] = cursor?.split('.') ?? [];
  const before = Number(at ?? Number.MAX_SAFE_INTEGER);
  if (!Number.isSafeInteger(before))
    throw new PitwallError('message-invalid', 'The cursor is none that a page of results gave.');
  const rows = await db
    .selectFrom('leaderboard_results')
    .selectAll()
    .where('board', '=', board)
    .where('racer', '=', racer)
    .where((to) =>
      to.or([to('finished_at', '<', before), to.and([to('finished_at', '=', before), to('result_id', '<', id)])]),
    )
    .orderBy('finished_at', 'desc')
    .orderBy('result_id', 'desc')
    .limit(limit)
    .execute();
  const last = rows.at(-1);
  const next = last !== undefined && rows.length === limit ? `${last.finished_at}.${last.result_id}` : null;
  return { results: rows.map(keptOf), next };
}

/** Results that wait for a person, the oldest first. */
export async function heldResults(db: Kysely<LeaderboardTables>, board: string, limit: number): Promise<KeptResult[]> {
  const rows = await db
    .selectFrom('leaderboard_results')
    .selectAll()
    .where('board', '=', board)
    .where('state', '=', 'held')
    .orderBy('received_at')
    .orderBy('result_id')
    .limit(limit)
    .execute();
  return rows.map(keptOf);
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
