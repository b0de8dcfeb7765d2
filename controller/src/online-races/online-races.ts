import { type EpochMs, PitwallError, type RaceId } from '@pitwall/protocol';
import type {
  Board,
  ChangeOnlineRace,
  CreateOnlineRace,
  Invitation,
  OnlineRace,
  OnlineRaceEvent,
  OnlineRaceRecord,
  OnlineSetup,
} from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import { limits } from '../limits/index.js';
import type { Store } from '../store/index.js';
import type { Viewer } from './access.js';
import { boardOf } from './board.js';
import { record, recordsOf } from './history.js';
import { demandPlainId, invitationOf, newInvitationKey, newRaceId } from './invitations.js';
import { demandFrozen, setupFrom } from './setup.js';
import type { OnlineRaceRow, OnlineRaceTables } from './tables.js';
import type { VisibleRaces } from './visible-races.js';

/** What online races need of others; the composition root says who they are. */
export interface OnlineRacesOptions {
  readonly store: Store;
  /** The controller's clock, ms since 1970: it alone says what is open. */
  readonly now: () => number;
  /** Who sends the results of this controller. */
  readonly source: string;
  readonly visible: VisibleRaces;
  /** @throws PitwallError `race-refused` for a track that is not here. */
  readonly tracks: { demand(track: OnlineSetup['track'], had?: OnlineSetup['track']): Promise<void> };
  readonly boards: {
    create(board: Board): Promise<unknown>;
    change(board: Board): Promise<unknown>;
  };
  /** Whether a race in person, or a board of another race, has the id. */
  readonly taken: (race: string) => Promise<boolean>;
}

/** Online races, as their organizers make, change and end them. */
export class OnlineRaces {
  readonly #options: OnlineRacesOptions;

  constructor(options: OnlineRacesOptions) {
    this.#options = options;
  }

  get #db(): Kysely<OnlineRaceTables> {
    return this.#options.store.as<OnlineRaceTables>();
  }

  get #reading(): Kysely<OnlineRaceTables> {
    return this.#options.store.reading<OnlineRaceTables>();
  }

  /** @throws PitwallError `race-exists`, `race-refused`. */
  async create({ race: wanted, commandId, setup }: CreateOnlineRace, owner: string): Promise<OnlineRace> {
    const known = await this.#reading
      .selectFrom('online_races')
      .selectAll()
      .where('command_id', '=', commandId)
      .where('owner', '=', owner)
      .executeTakeFirst();
    const row = known ?? (await this.#insert(wanted, commandId, setup, owner));
    await this.ensureBoard(row);
    return await this.#options.visible.show(row.race, { who: { name: owner, role: 'organizer' } });
  }

  /** @throws PitwallError `race-refused` where somebody who is no organizer has as many that are not closed as they may. */
  async demandFew(owner: string): Promise<void> {
    const { all } = await this.#reading
      .selectFrom('online_races')
      .select((to) => to.fn.countAll<number>().as('all'))
      .where('owner', '=', owner)
      .where('deleted_at', 'is', null)
      .where('closes_at', '>', this.#options.now())
      .executeTakeFirstOrThrow();
    if (Number(all) >= limits.communityRaces.ofRacer)
      throw new PitwallError(
        'race-refused',
        `You have ${limits.communityRaces.ofRacer} races that are not closed: close one first.`,
      );
  }

  async #insert(wanted: RaceId | undefined, commandId: string, setup: OnlineSetup, owner: string) {
    const now = this.#options.now();
    await this.#options.tracks.demand(setup.track);
    if (setup.closesAt <= now) throw new PitwallError('race-refused', 'The race would be closed before it begins.');
    const invited = setup.access === 'invited';
    demandPlainId(wanted);
    if (invited && wanted !== undefined)
      throw new PitwallError('race-refused', 'The id of an invited race is made here, so that nobody guesses it.');
    const race = wanted ?? newRaceId(setup.access);
    const exists = new PitwallError('race-exists', `There is a race ${race} already; choose another id.`);
    if (await this.#options.taken(race)) throw exists;
    const row: OnlineRaceRow = {
      race,
      owner,
      command_id: commandId,
      setup: JSON.stringify(setup),
      closes_at: setup.closesAt,
      version: 1,
      invitation: invited ? newInvitationKey() : null,
      resets: 0,
      created_at: now,
      deleted_at: null,
    };
    await this.#db.transaction().execute(async (db) => {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('online_races')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 0n) throw exists;
      await record(db, race, { at: now, who: owner, event: { type: 'created', setup } });
    });
    this.#options.visible.changes.tell(race);
    return row;
  }

  /** The board of a race is made after the race, so that it is never there without what hides it. */
  async ensureBoard(row: OnlineRaceRow): Promise<void> {
    try {
      await this.#options.boards.create(boardOf(row.race, setupFrom(row), this.#options.source));
    } catch (error) {
      if (!(error instanceof PitwallError) || error.code !== 'board-exists') throw error;
    }
  }

  /** @throws PitwallError `race-conflict`, `race-refused` for what stands since the race opened. */
  async change(race: string, { seen, setup }: ChangeOnlineRace, viewer: Viewer): Promise<OnlineRace> {
    const { row, setup: before } = await this.#options.visible.own(race, viewer);
    const now = this.#options.now();
    await this.#options.tracks.demand(setup.track, before.track);
    demandFrozen(before, setup, now);
    await this.#write(row, { seen, setup, by: viewer, event: { type: 'changed', setup } });
    await this.#options.boards.change(boardOf(row.race, setup, this.#options.source));
    return await this.#options.visible.show(race, viewer);
  }

  /** Closed from this moment on. */
  async closeNow(race: string, viewer: Viewer): Promise<OnlineRace> {
    const { row, setup } = await this.#options.visible.own(race, viewer);
    const closesAt = this.#options.now() as EpochMs;
    if (closesAt < setup.closesAt) {
      // One that had not opened yet opens and closes at once, so that its dates stay in order.
      const opensAt = Math.min(setup.opensAt, closesAt - 1) as EpochMs;
      const event = { type: 'closed-early', closesAt } as const;
      await this.#write(row, { seen: row.version, setup: { ...setup, opensAt, closesAt }, by: viewer, event });
    }
    return await this.#options.visible.show(race, viewer);
  }

  /** Gone for everyone, with board and results; its log stays in the database. */
  async delete(race: string, viewer: Viewer): Promise<void> {
    const { row, setup } = await this.#options.visible.own(race, viewer);
    await this.#write(row, { seen: row.version, setup, by: viewer, event: { type: 'deleted' }, deleted: true });
  }

  /** @throws PitwallError `race-refused` where the race is open to all. */
  async invitation(race: string, viewer: Viewer): Promise<Invitation> {
    return invitationOf((await this.#options.visible.own(race, viewer)).row);
  }

  /** A new link; the old one is dead for those who had not used it. */
  async resetInvitation(race: string, viewer: Viewer): Promise<Invitation> {
    const { row, setup } = await this.#options.visible.own(race, viewer);
    invitationOf(row);
    await this.#write(row, {
      seen: row.version,
      setup,
      by: viewer,
      event: { type: 'link-reset' },
      invitation: newInvitationKey(),
    });
    return invitationOf((await this.#options.visible.own(race, viewer)).row);
  }

  /** Results of its board came from a file: it stands in the race's records. */
  async recordImport(
    race: string,
    by: Viewer,
    imported: Omit<OnlineRaceEvent & { type: 'imported' }, 'type'>,
  ): Promise<void> {
    const { row } = await this.#options.visible.own(race, by);
    await this.#db.transaction().execute(async (db) => {
      const event = { type: 'imported', ...imported } as const;
      await record(db, row.race, { at: this.#options.now(), who: by.who?.name ?? '', event });
    });
  }

  async log(race: string, viewer: Viewer): Promise<OnlineRaceRecord[]> {
    await this.#options.visible.own(race, viewer);
    return await recordsOf(this.#reading, race);
  }

  async #write(
    row: OnlineRaceRow,
    change: {
      seen: number;
      setup: OnlineSetup;
      by: Viewer;
      event: OnlineRaceEvent;
      invitation?: string;
      deleted?: true;
    },
  ): Promise<void> {
    const { seen, setup, by, event, invitation = row.invitation, deleted } = change;
    const at = this.#options.now();
    await this.#db.transaction().execute(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('online_races')
        .set({
          setup: JSON.stringify(setup),
          closes_at: setup.closesAt,
          invitation,
          resets: row.resets + (event.type === 'link-reset' ? 1 : 0),
          deleted_at: deleted ? at : null,
          version: seen + 1,
        })
        .where('race', '=', row.race)
        .where('version', '=', seen)
        .executeTakeFirst();
      if (numUpdatedRows === 0n)
        throw new PitwallError('race-conflict', `Race ${row.race} was changed meanwhile; look at it again.`, {
          details: { version: row.version },
        });
      await record(db, row.race, { at, who: by.who?.name ?? '', event });
    });
    this.#options.visible.changes.tell(row.race);
  }
}
