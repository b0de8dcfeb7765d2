import type { OnlineRaceEvent, OnlineRaceRecord } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import type { OnlineRaceTables } from './tables.js';

/** Puts what happened behind everything before it, in the transaction that does it. */
export async function record(
  db: Kysely<OnlineRaceTables>,
  race: string,
  { at, who, event }: { at: number; who: string; event: OnlineRaceEvent },
): Promise<void> {
  const last = await db
    .selectFrom('online_race_log')
    .select((to) => to.fn.max('seq').as('seq'))
    .where('race', '=', race)
    .executeTakeFirst();
  await db
    .insertInto('online_race_log')
    .values({ race, seq: Number(last?.seq ?? 0) + 1, at, who, event: JSON.stringify(event) })
    .execute();
}

/** Everything that ever happened to a race, oldest first. */
export async function recordsOf(db: Kysely<OnlineRaceTables>, race: string): Promise<OnlineRaceRecord[]> {
  const rows = await db.selectFrom('online_race_log').selectAll().where('race', '=', race).orderBy('seq').execute();
  return rows.map(({ seq, at, who, event }) => ({ seq, at, who, event: JSON.parse(event) }) as OnlineRaceRecord);
}
