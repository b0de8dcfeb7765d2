import { parseJson } from '@pitwall/protocol';
import { EvaluationProgress, type Submission, type SubmissionStatus } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import type { SubmissionRow, SubmissionTables } from './tables.js';

/** Where a racer stands on the board of a race, by which result; undefined where nowhere. */
export interface Place {
  readonly rank: number;
  readonly of: number;
  readonly resultId: string;
}

export type Fate = 'counted' | 'held' | 'rejected' | 'withdrawn';

/** What the board says; the composition root knows it. */
export interface BoardView {
  places(race: string, racers: readonly string[]): Promise<ReadonlyMap<string, Place>>;
  /** What the board did with results; of those that have not come yet, nothing. */
  fates(race: string, results: readonly string[]): Promise<ReadonlyMap<string, Fate>>;
}

/** Rows of one race as people see them: the board is asked once for all of them. */
export async function submissionsFrom(
  rows: readonly SubmissionRow[],
  db: Kysely<SubmissionTables>,
  board: BoardView,
): Promise<Submission[]> {
  const race = rows[0]?.race ?? '';
  const judged = rows.filter(({ state, due }) => state === 'evaluated' && due === 0);
  const fates =
    judged.length === 0
      ? new Map()
      : await board.fates(
          race,
          judged.map(({ id }) => id),
        );
  const places =
    judged.length === 0 ? new Map() : await board.places(race, [...new Set(judged.map(({ racer }) => racer))]);
  const submissions: Submission[] = [];
  for (const row of rows)
    submissions.push({
      submission: row.id,
      race: row.race,
      racer: row.racer,
      model: { hash: row.model_hash, name: row.model_name, bytes: row.bytes },
      submittedAt: row.submitted_at,
      status: await statusOf(row, db, fates, places),
    } as Submission);
  return submissions;
}

async function statusOf(
  row: SubmissionRow,
  db: Kysely<SubmissionTables>,
  fates: ReadonlyMap<string, Fate>,
  places: ReadonlyMap<string, Place>,
): Promise<SubmissionStatus> {
  if (row.withdrawn === 1) return { state: 'withdrawn' };
  const { code, reason, score, best_lap: bestLap } = row;
  switch (row.state) {
    case 'queued':
      return { state: 'queued', place: 1 + (await countBefore(db, row)) };
    case 'running': {
      // Its worker may not have heard of it; it ends in nothing else.
      if (row.cancel === 1) return { state: 'cancelled' };
      const progress =
        row.progress === null ? null : parseJson(EvaluationProgress, row.progress, 'The progress', 'internal-error');
      return { state: 'evaluating', progress };
    }
    case 'failed':
      return { state: 'failed', code: code ?? 'internal-error', reason: reason ?? '' };
    case 'cancelled':
      return { state: 'cancelled' };
    case 'evaluated': {
      if (score === null || bestLap === null) return { state: 'not-qualified', reason: reason ?? '' };
      const fate = row.due === 1 ? undefined : fates.get(row.id);
      if (fate === 'rejected' || fate === 'withdrawn') return { state: 'withdrawn' };
      const place = fate === 'counted' ? places.get(row.racer) : undefined;
      if (place === undefined) return { state: 'ranking' };
      const { rank, of, resultId } = place;
      return { state: 'ranked', rank, of, score, bestLap, counts: resultId === row.id } as SubmissionStatus;
    }
  }
}

/** How many a worker takes before this one. */
async function countBefore(db: Kysely<SubmissionTables>, { id, turn }: SubmissionRow): Promise<number> {
  const { count } = await db
    .selectFrom('submissions')
    .select((to) => to.fn.countAll<number>().as('count'))
    .where('state', '=', 'queued')
    .where((to) => to.or([to('turn', '<', turn), to.and([to('turn', '=', turn), to('id', '<', id)])]))
    .executeTakeFirstOrThrow();
  return Number(count);
}
