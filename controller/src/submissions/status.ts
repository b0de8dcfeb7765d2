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

/** What the board says; the composition root knows it. */
export interface BoardView {
  place(race: string, racer: string): Promise<Place | undefined>;
  /** What the board did with a result; undefined where it has not come yet. */
  fate(race: string, resultId: string): Promise<'counted' | 'held' | 'rejected' | 'withdrawn' | undefined>;
}

/** Rows as people see them. Rows of one racer and race ask the board for the place once. */
export async function submissionsFrom(
  rows: readonly SubmissionRow[],
  db: Kysely<SubmissionTables>,
  board: BoardView,
): Promise<Submission[]> {
  const places = new Map<string, Promise<Place | undefined>>();
  const placeOf = (race: string, racer: string) => {
    const key = `${race} ${racer}`;
    const known = places.get(key) ?? board.place(race, racer);
    places.set(key, known);
    return known;
  };
  const submissions: Submission[] = [];
  for (const row of rows)
    submissions.push({
      submission: row.id,
      race: row.race,
      racer: row.racer,
      model: { hash: row.model_hash, name: row.model_name, bytes: row.bytes },
      submittedAt: row.submitted_at,
      status: await statusOf(row, db, board, placeOf),
    } as Submission);
  return submissions;
}

async function statusOf(
  row: SubmissionRow,
  db: Kysely<SubmissionTables>,
  board: BoardView,
  placeOf: (race: string, racer: string) => Promise<Place | undefined>,
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
      const fate = row.due === 1 ? undefined : await board.fate(row.race, row.id);
      if (fate === 'rejected' || fate === 'withdrawn') return { state: 'withdrawn' };
      const place = fate === 'counted' ? await placeOf(row.race, row.racer) : undefined;
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
