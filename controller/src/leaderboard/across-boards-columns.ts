import type { Result } from '@pitwall/protocol/api';
import { type Kysely, sql } from 'kysely';
import { resultIn } from './candidate.js';

/** What a result's body says, for reads across boards. */
export interface AcrossBoards {
  race: string | null;
  track: string | null;
  track_version: number | null;
  direction: string | null;
  model_name: string | null;
  /** 1: it was imported. */
  imported: number;
}

/** What reads across boards want of a result. */
export const acrossBoards = ({ provenance, track, model }: Result): AcrossBoards => ({
  race: provenance.kind === 'imported' ? null : (provenance.race ?? null),
  track: track.id,
  track_version: track.version,
  direction: track.direction,
  model_name: model?.name ?? null,
  imported: provenance.kind === 'imported' ? 1 : 0,
});

interface Tables {
  leaderboard_results: AcrossBoards & { board: string; result_id: string; body: string };
}

const together = 1000;

/** Makes these columns and their indexes, and fills them for the results that are there. */
export async function tellAcrossBoards(db: Kysely<Tables>): Promise<void> {
  for (const [column, type] of [
    ['race', 'text'],
    ['track', 'text'],
    ['track_version', 'bigint'],
    ['direction', 'text'],
    ['model_name', 'text'],
  ] as const)
    await db.schema.alterTable('leaderboard_results').addColumn(column, type).execute();
  await db.schema
    .alterTable('leaderboard_results')
    .addColumn('imported', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute();
  for (let last = { board: '', result_id: '' }; ; ) {
    const rows = await db
      .selectFrom('leaderboard_results')
      .select(['board', 'result_id', 'body'])
      .where(sql<boolean>`(board, result_id) > (${last.board}, ${last.result_id})`)
      .orderBy('board')
      .orderBy('result_id')
      .limit(together)
      .execute();
    for (const { board, result_id, body } of rows)
      await db
        .updateTable('leaderboard_results')
        .set(acrossBoards(resultIn(body)))
        .where('board', '=', board)
        .where('result_id', '=', result_id)
        .execute();
    const end = rows.at(-1);
    if (end === undefined || rows.length < together) break;
    last = end;
  }
  await db.schema
    .createIndex('leaderboard_results_of_racer')
    .on('leaderboard_results')
    .columns(['racer', 'finished_at', 'result_id'])
    .where(sql.ref('state'), '=', 'counted')
    .execute();
  await db.schema
    .createIndex('leaderboard_results_by_track')
    .on('leaderboard_results')
    .columns(['track', 'track_version', 'direction', 'kind', 'best_lap', 'finished_at', 'result_id'])
    .where(sql<boolean>`state = 'counted' and best_lap is not null and track is not null`)
    .execute();
  await db.schema
    .createIndex('leaderboard_standings_of_racer')
    .on('leaderboard_standings')
    .columns(['racer', 'finished_at'])
    .execute();
}
