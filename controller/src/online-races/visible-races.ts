import { type EpochMs, LeaderboardId, PitwallError, type RaceId } from '@pitwall/protocol';
import type { OnlineRace, OnlineRole, OnlineSetup } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import { actsAs, roleOf, type Viewer } from './access.js';
import { RaceChanges } from './race-changes.js';
import { setupFrom } from './setup.js';
import type { OnlineEntryRow, OnlineRaceRow, OnlineRaceTables } from './tables.js';

export interface VisibleRacesOptions {
  readonly store: Store;
  /** The controller's clock, ms since 1970: it alone says what is open. */
  readonly now: () => number;
  /** Who sends the results of this controller. */
  readonly source: string;
}

/** A race with what whoever asked is to it. */
export interface VisibleRace {
  readonly race: RaceId;
  readonly role: OnlineRole;
  readonly setup: OnlineSetup;
  readonly row: OnlineRaceRow;
  /** Of whoever asked; undefined where that is no racer, or one who has not entered. */
  readonly entry: OnlineEntryRow | undefined;
}

interface Listed {
  readonly seen: VisibleRace;
  readonly entries: number;
}

/** A change made by another process shows in lists after so long, ms. */
const trustedFor = 1000;

/** Never that it is there, but not for you. */
export const unknown = (race: string): PitwallError => new PitwallError('not-found', `There is no race ${race}.`);

/** Online races as whoever asks may see them, and no others. */
export class VisibleRaces {
  readonly changes = new RaceChanges();
  #kept: { readonly changes: number; readonly at: number; readonly list: Promise<readonly Listed[]> } | undefined;
  readonly #options: VisibleRacesOptions;

  constructor(options: VisibleRacesOptions) {
    this.#options = options;
  }

  get #db(): Kysely<OnlineRaceTables> {
    return this.#options.store.reading<OnlineRaceTables>();
  }

  /** Those that whoever asks sees, the one that closes last first. A link shows its race to whoever opens it, in no list. */
  async list({ who }: Viewer): Promise<OnlineRace[]> {
    const found = who === undefined ? await this.#guestList() : await this.#listFor({ who });
    return found.map(({ seen, entries }) => this.#shownWith(seen, entries));
  }

  /** What everybody sees is read anew when it changes here, and once a second: another process may have changed it. */
  #guestList(): Promise<readonly Listed[]> {
    const kept = this.#kept;
    const now = performance.now();
    if (kept !== undefined && kept.changes === this.changes.count && now - kept.at < trustedFor) return kept.list;
    const list = this.#listFor({});
    this.#kept = { changes: this.changes.count, at: now, list };
    list.catch(() => {
      if (this.#kept?.list === list) this.#kept = undefined;
    });
    return list;
  }

  async #listFor({ who }: Viewer): Promise<readonly Listed[]> {
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
    const ids = rows.map(({ race }) => race);
    const entries = await this.#entriesOf(ids, { who });
    const counts = await this.#counts(ids);
    return rows.flatMap((row) => {
      const seen = this.#seenBy(row, { who }, entries.get(row.race));
      return seen === undefined ? [] : [{ seen, entries: counts.get(row.race) ?? 0 }];
    });
  }

  /** @throws PitwallError `not-found` where there is none, or none that whoever asks may see. */
  async see(race: string, viewer: Viewer): Promise<VisibleRace> {
    const row = await this.#row(race);
    const seen = row === undefined ? undefined : await this.#asSeenBy(row, viewer);
    if (seen === undefined) throw unknown(race);
    return seen;
  }

  /** As {@link see}, for what only its organizer does. @throws PitwallError `not-found`, `access-denied`. */
  async own(race: string, viewer: Viewer): Promise<VisibleRace> {
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
    return (writes && row.deleted_at === null) || (await this.#asSeenBy(row, viewer)) !== undefined;
  }

  /** Boards of races that {@link list} shows to nobody unknown. */
  async hiddenBoards(): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('online_races')
      .select('race')
      .where((to) => to.or([to('invitation', 'is not', null), to('deleted_at', 'is not', null)]))
      .execute();
    return rows.map(({ race }) => race);
  }

  /** Whether an online race has the id, whoever may see it. */
  async has(race: string): Promise<boolean> {
    return (await this.#row(race)) !== undefined;
  }

  /** What a link is good for. @throws PitwallError `not-found` where it is dead, or never was. */
  async byInvitation(key: string, viewer: Viewer): Promise<OnlineRace> {
    const row = await this.#db.selectFrom('online_races').selectAll().where('invitation', '=', key).executeTakeFirst();
    const seen = row === undefined ? undefined : await this.#asSeenBy(row, { ...viewer, invitation: key });
    if (seen === undefined || seen.row.closes_at <= this.#options.now())
      throw new PitwallError('not-found', 'This invitation is good for no race; ask the organizer for a new link.');
    return await this.#shown(seen);
  }

  async #row(race: string): Promise<OnlineRaceRow | undefined> {
    return await this.#db.selectFrom('online_races').selectAll().where('race', '=', race).executeTakeFirst();
  }

  async #asSeenBy(row: OnlineRaceRow, viewer: Viewer): Promise<VisibleRace | undefined> {
    return this.#seenBy(row, viewer, (await this.#entriesOf([row.race], viewer)).get(row.race));
  }

  /** Whoever asks' own, by race. */
  async #entriesOf(races: readonly string[], { who }: Viewer): Promise<ReadonlyMap<string, OnlineEntryRow>> {
    if (who === undefined || !actsAs(who, 'racer') || races.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom('online_entries')
      .selectAll()
      .where('racer', '=', who.name)
      .where('race', 'in', [...races])
      .execute();
    return new Map(rows.map((row) => [row.race, row]));
  }

  /** How many have entered, by race. */
  async #counts(races: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (races.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom('online_entries')
      .select(['race', (to) => to.fn.countAll<number>().as('count')])
      .where('race', 'in', [...races])
      .where('removed_at', 'is', null)
      .groupBy('race')
      .execute();
    return new Map(rows.map(({ race, count }) => [race, Number(count)]));
  }

  #seenBy(row: OnlineRaceRow, viewer: Viewer, entry: OnlineEntryRow | undefined): VisibleRace | undefined {
    const setup = setupFrom(row);
    const access = {
      owner: row.owner,
      access: setup.access,
      invitation: row.invitation,
      closesAt: setup.closesAt,
      deleted: row.deleted_at !== null,
      entry: entry === undefined ? ('none' as const) : entry.removed_at === null ? 'entered' : 'removed',
    } as const;
    const role = roleOf(access, viewer, this.#options.now());
    return role === undefined ? undefined : { race: row.race as RaceId, role, setup, row, entry };
  }

  async #shown(seen: VisibleRace): Promise<OnlineRace> {
    return this.#shownWith(seen, (await this.#counts([seen.race])).get(seen.race) ?? 0);
  }

  #shownWith({ race, role, setup, row, entry }: VisibleRace, entries: number): OnlineRace {
    const now = this.#options.now();
    const limit = setup.quota.submissions;
    return {
      race,
      version: row.version,
      setup,
      phase: now < setup.opensAt ? 'upcoming' : now < setup.closesAt ? 'open' : 'closed',
      leaderboard: LeaderboardId.parse(race),
      you: role,
      entries,
      submissionsLeft:
        limit === null || role !== 'entered' || entry === undefined ? null : Math.max(0, limit - entry.submissions),
      now: now as EpochMs,
    };
  }
}
