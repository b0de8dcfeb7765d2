import { PitwallError } from '@pitwall/protocol';
import type { OnlineSetup } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import { withTables } from '../store/index.js';
import { setupFrom } from './setup.js';
import type { OnlineRaceTables } from './tables.js';

/**
 * Takes one of a racer's submissions in a race, in the transaction that accepts it; `now` is the controller's clock in it.
 * @throws PitwallError `race-closed`, `quota-reached`, `race-refused` for who has not entered.
 */
export async function takeFromQuota(
  transaction: Kysely<never>,
  race: string,
  racer: string,
  now: number,
): Promise<void> {
  const db = withTables<OnlineRaceTables>(transaction);
  // Locked on either engine: a close that is under way comes before or after, never between.
  const row = await db
    .updateTable('online_races')
    .set((to) => ({ version: to.ref('version') }))
    .where('race', '=', race)
    .where('deleted_at', 'is', null)
    .returning(['race', 'setup'])
    .executeTakeFirst();
  if (row === undefined) throw new PitwallError('not-found', `There is no race ${race}.`);
  const { name, opensAt, closesAt, quota } = setupFrom(row);
  if (now < opensAt) throw new PitwallError('race-closed', `${name} has not opened yet.`, { details: { opensAt } });
  if (now >= closesAt) throw new PitwallError('race-closed', `${name} is closed.`, { details: { closesAt } });
  const entry = await db
    .updateTable('online_entries')
    .set((to) => ({ submissions: to('submissions', '+', 1) }))
    .where('race', '=', race)
    .where('racer', '=', racer)
    .where('removed_at', 'is', null)
    .returning('submissions')
    .executeTakeFirst();
  if (entry === undefined) throw new PitwallError('race-refused', `Enter the race first: ${racer} has no entry in it.`);
  if (quota.submissions !== null && entry.submissions > quota.submissions)
    throw new PitwallError('quota-reached', `All ${quota.submissions} submissions of ${racer} in ${name} are used.`);
}

/** Gives one back: it was cancelled before anything was done for it, or it failed. */
export async function returnToQuota(transaction: Kysely<never>, race: string, racer: string): Promise<void> {
  const db = withTables<OnlineRaceTables>(transaction);
  await db
    .updateTable('online_entries')
    .set((to) => ({ submissions: to('submissions', '-', 1) }))
    .where('race', '=', race)
    .where('racer', '=', racer)
    .where('submissions', '>', 0)
    .execute();
}

/** Under which name a racer races in a race, be it closed or the racer out of it; undefined where the race was deleted. */
export async function entryOf(
  transaction: Kysely<never>,
  race: string,
  racer: string,
): Promise<{ alias: string; country?: string; access: OnlineSetup['access'] } | undefined> {
  const db = withTables<OnlineRaceTables>(transaction);
  const row = await db
    .selectFrom('online_races')
    .innerJoin('online_entries', 'online_entries.race', 'online_races.race')
    .select(['online_races.race', 'setup', 'alias', 'country'])
    .where('online_races.race', '=', race)
    .where('racer', '=', racer)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { alias, country } = row;
  return { alias, access: setupFrom(row).access, ...(country === null ? {} : { country }) };
}
