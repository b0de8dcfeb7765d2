import { PitwallError, RacerId } from '@pitwall/protocol';
import type { OnlineEntry, OnlineRace } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import { type Store, withTables } from '../store/index.js';
import type { Viewer } from './access.js';
import { record } from './history.js';
import type { OnlineRaceTables } from './tables.js';
import { unknown, type VisibleRaces } from './visible-races.js';

export interface EntriesOptions {
  readonly store: Store;
  readonly races: VisibleRaces;
  /** The controller's clock, ms since 1970. */
  readonly now: () => number;
  /** The name under which a racer races. */
  readonly racerOf: (racer: string) => Promise<{ alias: string; country?: string | undefined }>;
}

/** Who is in which online race. */
export class Entries {
  readonly #options: EntriesOptions;

  constructor(options: EntriesOptions) {
    this.#options = options;
  }

  /** Again it changes nothing. @throws PitwallError `not-found`, `race-closed`, `race-refused`. */
  async enter(race: string, name: string, viewer: Viewer): Promise<OnlineRace> {
    const { races, now: clock, racerOf } = this.#options;
    const { role, row, setup, entry } = await races.see(race, viewer);
    if (role === 'entered') return await races.show(race, viewer);
    const racer = RacerId.safeParse(name);
    if (!racer.success)
      throw new PitwallError('race-refused', `${name} is no racer's id: lower-case letters, digits and hyphens.`);
    const now = clock();
    if (now >= setup.closesAt) throw new PitwallError('race-closed', `${setup.name} is closed.`);
    if (entry !== undefined)
      throw new PitwallError('race-refused', `The organizer took ${name} out of this race; ask there.`);
    const { alias, country } = await racerOf(racer.data);
    const values = {
      race: row.race,
      racer: racer.data,
      alias,
      country: country ?? null,
      entered_at: now,
      removed_at: null,
      submissions: 0,
    };
    await this.#db.transaction().execute(async (db) => {
      // The row is locked, and the link looked at again: one that was reset meanwhile lets nobody in.
      const { numUpdatedRows } = await db
        .updateTable('online_races')
        .set((to) => ({ version: to.ref('version') }))
        .where('race', '=', row.race)
        .where('deleted_at', 'is', null)
        .where('closes_at', '>', now)
        .where((to) => (row.invitation === null ? to.lit(true) : to('invitation', '=', row.invitation)))
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw unknown(race);
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('online_entries')
        .values(values)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows !== 0n)
        await record(db, row.race, { at: now, who: name, event: { type: 'entered', racer: racer.data } });
    });
    races.changes.tell(race);
    return await races.show(race, viewer);
  }

  async list(race: string, viewer: Viewer): Promise<OnlineEntry[]> {
    await this.#options.races.see(race, viewer);
    const rows = await this.#reading
      .selectFrom('online_entries')
      .selectAll()
      .where('race', '=', race)
      .where('removed_at', 'is', null)
      .orderBy('entered_at')
      .orderBy('racer')
      .execute();
    return rows.map(
      ({ racer, alias, country, entered_at, submissions }) =>
        ({
          racer,
          alias,
          ...(country === null ? {} : { country }),
          enteredAt: entered_at,
          submissions,
        }) as OnlineEntry,
    );
  }

  /** The name of who is, or was, in a race. */
  async aliasIn(race: string, racer: string): Promise<string | undefined> {
    const row = await this.#reading
      .selectFrom('online_entries')
      .select('alias')
      .where('race', '=', race)
      .where('racer', '=', racer)
      .executeTakeFirst();
    return row?.alias;
  }

  /** Out, for good. `also` does what belongs to it in the same transaction. @throws PitwallError `not-found`. */
  async remove(
    race: string,
    { racer, reason }: { racer: RacerId; reason: string },
    viewer: Viewer,
    also: (transaction: Kysely<never>) => Promise<void>,
  ): Promise<void> {
    await this.#options.races.own(race, viewer);
    const now = this.#options.now();
    await this.#db.transaction().execute(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('online_entries')
        .set({ removed_at: now })
        .where('race', '=', race)
        .where('racer', '=', racer)
        .where('removed_at', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw new PitwallError('not-found', `${racer} has not entered race ${race}.`);
      const who = viewer.who?.name ?? '';
      await record(db, race, { at: now, who, event: { type: 'entry-removed', racer, reason } });
      await also(withTables<never>(db));
    });
    this.#options.races.changes.tell(race);
  }

  get #db(): Kysely<OnlineRaceTables> {
    return this.#options.store.as<OnlineRaceTables>();
  }

  get #reading(): Kysely<OnlineRaceTables> {
    return this.#options.store.reading<OnlineRaceTables>();
  }
}
