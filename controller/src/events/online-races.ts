import { randomBytes } from 'node:crypto';
import { type EpochMs, PitwallError, type RaceId } from '@pitwall/protocol';
import type {
  Board,
  ChangeOnlineRace,
  CreateOnlineRace,
  Invitation,
  OnlineRace,
  OnlineRaceEvent,
  OnlineRaceRecord,
  OnlineRole,
  OnlineSetup,
} from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import { roleOf, type Viewer } from './access.js';
import { boardOf } from './board.js';
import { record, recordsOf } from './race-log.js';
import { demandFrozen, setupFrom } from './setup.js';
import type { EventTables, OnlineEntryRow, OnlineRaceRow } from './tables.js';
import { demandTrack } from './tracks.js';

/** What online races need of others; the composition root says who they are. */
export interface OnlineRacesOptions {
  readonly store: Store;
  /** The controller's clock, ms since 1970: it alone says what is open. */
  readonly now: () => number;
  /** Who sends the results of this controller. */
  readonly source: string;
  readonly boards: {
    create(board: Board): Promise<unknown>;
    change(board: Board): Promise<unknown>;
  };
  /** Whether a race in person, or a board of another race, has the id. */
  readonly taken: (race: string) => Promise<boolean>;
}

/** A race with what whoever asked is to it. */
export interface Seen {
  readonly race: RaceId;
  readonly role: OnlineRole;
  readonly setup: OnlineSetup;
  readonly row: OnlineRaceRow;
  /** Of whoever asked; undefined where that is no racer, or one who has not entered. */
  readonly entry: OnlineEntryRow | undefined;
}

/** So an invited race is called before the part that nobody can guess. */
const invitedPrefix = 'invited-';

/** Whether a race of that id, if there is one, is by invitation. */
export const isInvited = (id: string): boolean => id.startsWith(invitedPrefix);

/**
 * Nothing else may be called so: else an id that is refused would tell of a race that is there.
 * @throws PitwallError `message-invalid`.
 */
export function demandPlainId(id: string | undefined): void {
  if (id !== undefined && isInvited(id))
    throw new PitwallError('message-invalid', `Ids that begin with "${invitedPrefix}" are made here; choose another.`);
}

/** Never that it is there, but not for you. */
export const unknown = (race: string): PitwallError => new PitwallError('not-found', `There is no race ${race}.`);

/** Online races: what their organizers say of them, and who may see them. */
export class OnlineRaces {
  readonly #options: OnlineRacesOptions;

  constructor(options: OnlineRacesOptions) {
    this.#options = options;
  }

  get #db(): Kysely<EventTables> {
    return this.#options.store.as<EventTables>();
  }

  /** @throws PitwallError `race-exists`, `race-refused`. */
  async create({ race: wanted, commandId, setup }: CreateOnlineRace, owner: string): Promise<OnlineRace> {
    const known = await this.#db
      .selectFrom('online_races')
      .selectAll()
      .where('command_id', '=', commandId)
      .where('owner', '=', owner)
      .executeTakeFirst();
    const row = known ?? (await this.#insert(wanted, commandId, setup, owner));
    await this.ensureBoard(row);
    return await this.show(row.race, { who: { name: owner, role: 'organizer' } });
  }

  async #insert(wanted: RaceId | undefined, commandId: string, setup: OnlineSetup, owner: string) {
    const now = this.#options.now();
    demandTrack(setup.track);
    if (setup.closesAt <= now) throw new PitwallError('race-refused', 'The race would be closed before it begins.');
    const invited = setup.access === 'invited';
    demandPlainId(wanted);
    if (invited && wanted !== undefined)
      throw new PitwallError('race-refused', 'The id of an invited race is made here, so that nobody guesses it.');
    const random = randomBytes(16).toString('hex');
    const race = invited ? `${invitedPrefix}${random}` : (wanted ?? `online-${random.slice(0, 12)}`);
    const exists = new PitwallError('race-exists', `There is a race ${race} already; choose another id.`);
    if (await this.#options.taken(race)) throw exists;
    const row: OnlineRaceRow = {
      race,
      owner,
      command_id: commandId,
      setup: JSON.stringify(setup),
      closes_at: setup.closesAt,
      version: 1,
      invitation: invited ? newKey() : null,
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

  /** Those that whoever asks sees, the one that closes last first. A link shows its race to whoever opens it, in no list. */
  async list({ who }: Viewer): Promise<OnlineRace[]> {
    const rows = await this.#db
      .selectFrom('online_races')
      .selectAll()
      .where('deleted_at', 'is', null)
      .where((to) =>
        to.or([
          to('invitation', 'is', null),
          to('owner', '=', who?.name ?? ''),
          to(
            'race',
            'in',
            to
              .selectFrom('online_entries')
              .select('race')
              .where('racer', '=', who?.name ?? '')
              .where('removed_at', 'is', null),
          ),
        ]),
      )
      .orderBy('closes_at', 'desc')
      .orderBy('race')
      .limit(500)
      .execute();
    const races: OnlineRace[] = [];
    for (const row of rows) {
      const seen = await this.#look(row, { who });
      if (seen !== undefined) races.push(await this.#shown(seen));
    }
    return races;
  }

  /** @throws PitwallError `not-found` where there is none, or none that whoever asks may see. */
  async see(race: string, viewer: Viewer): Promise<Seen> {
    const row = await this.#row(race);
    const seen = row === undefined ? undefined : await this.#look(row, viewer);
    if (seen === undefined) throw unknown(race);
    return seen;
  }

  /** As {@link see}, for what only its organizer does. @throws PitwallError `not-found`, `access-denied`. */
  async own(race: string, viewer: Viewer): Promise<Seen> {
    const seen = await this.see(race, viewer);
    if (seen.role !== 'organizer')
      throw new PitwallError('access-denied', `Only the organizer of race ${race} may do this.`);
    return seen;
  }

  async show(race: string, viewer: Viewer): Promise<OnlineRace> {
    return await this.#shown(await this.see(race, viewer));
  }

  /** Whether a board may be shown: one of no race, or of one that whoever asks may see, or must write to. */
  async mayShowBoard(board: string, viewer: Viewer): Promise<boolean> {
    const row = await this.#row(board);
    if (row === undefined) return true;
    const writes = viewer.who?.role === 'source' && viewer.who.name === this.#options.source;
    return (writes && row.deleted_at === null) || (await this.#look(row, viewer)) !== undefined;
  }

  /** Whether an online race has the id, whoever may see it. */
  async has(race: string): Promise<boolean> {
    return (await this.#row(race)) !== undefined;
  }

  /** @throws PitwallError `race-conflict`, `race-refused` for what stands since the race opened. */
  async change(race: string, { seen, setup }: ChangeOnlineRace, viewer: Viewer): Promise<OnlineRace> {
    const { row, setup: before } = await this.own(race, viewer);
    const now = this.#options.now();
    demandTrack(setup.track);
    demandFrozen(before, setup, now);
    await this.#write(row, { seen, setup, by: viewer, event: { type: 'changed', setup } });
    await this.#options.boards.change(boardOf(row.race, setup, this.#options.source));
    return await this.show(race, viewer);
  }

  /** Closed from this moment on. */
  async closeNow(race: string, viewer: Viewer): Promise<OnlineRace> {
    const { row, setup } = await this.own(race, viewer);
    const closesAt = this.#options.now() as EpochMs;
    if (closesAt < setup.closesAt) {
      // One that had not opened yet opens and closes at once, so that its dates stay in order.
      const opensAt = Math.min(setup.opensAt, closesAt - 1) as EpochMs;
      const event = { type: 'closed-early', closesAt } as const;
      await this.#write(row, { seen: row.version, setup: { ...setup, opensAt, closesAt }, by: viewer, event });
    }
    return await this.show(race, viewer);
  }

  /** Gone for everyone, with board and results; its log stays in the database. */
  async delete(race: string, viewer: Viewer): Promise<void> {
    const { row, setup } = await this.own(race, viewer);
    await this.#write(row, { seen: row.version, setup, by: viewer, event: { type: 'deleted' }, deleted: true });
  }

  /** @throws PitwallError `race-refused` where the race is open to all. */
  async invitation(race: string, viewer: Viewer): Promise<Invitation> {
    return invitationOf((await this.own(race, viewer)).row);
  }

  /** A new link; the old one is dead for those who had not used it. */
  async resetInvitation(race: string, viewer: Viewer): Promise<Invitation> {
    const { row, setup } = await this.own(race, viewer);
    invitationOf(row);
    await this.#write(row, {
      seen: row.version,
      setup,
      by: viewer,
      event: { type: 'link-reset' },
      invitation: newKey(),
    });
    return invitationOf((await this.own(race, viewer)).row);
  }

  /** What a link is good for. @throws PitwallError `not-found` where it is dead, or never was. */
  async byInvitation(key: string, viewer: Viewer): Promise<OnlineRace> {
    const row = await this.#db.selectFrom('online_races').selectAll().where('invitation', '=', key).executeTakeFirst();
    const seen = row === undefined ? undefined : await this.#look(row, { ...viewer, invitation: key });
    if (seen === undefined || seen.row.closes_at <= this.#options.now())
      throw new PitwallError('not-found', 'This invitation is good for no race; ask the organizer for a new link.');
    return await this.#shown(seen);
  }

  async log(race: string, viewer: Viewer): Promise<OnlineRaceRecord[]> {
    await this.own(race, viewer);
    return await recordsOf(this.#db, race);
  }

  async #row(race: string): Promise<OnlineRaceRow | undefined> {
    return await this.#db.selectFrom('online_races').selectAll().where('race', '=', race).executeTakeFirst();
  }

  async #look(row: OnlineRaceRow, viewer: Viewer): Promise<Seen | undefined> {
    const { who } = viewer;
    const entry =
      who?.role === 'racer'
        ? await this.#db
            .selectFrom('online_entries')
            .selectAll()
            .where('race', '=', row.race)
            .where('racer', '=', who.name)
            .executeTakeFirst()
        : undefined;
    const setup = setupFrom(row);
    const sight = {
      owner: row.owner,
      access: setup.access,
      invitation: row.invitation,
      closesAt: setup.closesAt,
      deleted: row.deleted_at !== null,
      entry: entry === undefined ? ('none' as const) : entry.removed_at === null ? 'entered' : 'removed',
    } as const;
    const role = roleOf(sight, viewer, this.#options.now());
    return role === undefined ? undefined : { race: row.race as RaceId, role, setup, row, entry };
  }

  async #shown({ race, role, setup, row, entry }: Seen): Promise<OnlineRace> {
    const now = this.#options.now();
    const { count } = await this.#db
      .selectFrom('online_entries')
      .select((to) => to.fn.countAll<number>().as('count'))
      .where('race', '=', race)
      .where('removed_at', 'is', null)
      .executeTakeFirstOrThrow();
    const limit = setup.quota.submissions;
    return {
      race,
      version: row.version,
      setup,
      phase: now < setup.opensAt ? 'upcoming' : now < setup.closesAt ? 'open' : 'closed',
      leaderboard: race as unknown as OnlineRace['leaderboard'],
      you: role,
      entries: Number(count),
      submissionsLeft:
        limit === null || role !== 'entered' || entry === undefined ? null : Math.max(0, limit - entry.submissions),
      now: now as EpochMs,
    };
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
  }
}

const newKey = (): string => randomBytes(32).toString('base64url');

function invitationOf({ race, invitation, resets }: OnlineRaceRow): Invitation {
  if (invitation === null)
    throw new PitwallError('race-refused', `Race ${race} is open to all; it has no invitation link.`);
  return { key: invitation as Invitation['key'], link: `/invitation#${invitation}`, resets };
}
