import { PitwallError } from '@pitwall/protocol';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import type { EventTables } from './tables.js';

/** Who asks: a person, or whoever holds a token. */
export interface Asker {
  readonly name: string;
  readonly role: string;
  readonly also?: readonly string[];
}

/** Staff are that so long before an event begins and after it ends, ms: halls are built up and taken down. */
const margin = 86_400_000;

/** Whether somebody may change an event: its organizer, and administrators. */
export const ownsEvent = (who: Asker | undefined, owner: string): boolean =>
  who !== undefined &&
  (who.role === 'administrator' ||
    (who.name === owner && (who.role === 'organizer' || who.also?.includes('organizer') === true)));

/** Whose races and boards are whose: what belongs to an event is run by its own people. */
export class EventOwners {
  readonly #store: Store;
  readonly #now: () => number;

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** As what somebody acts because an event that is on has them as staff. */
  async staffRoles(name: string): Promise<('marshal' | 'crew')[]> {
    const now = this.#now();
    const rows = await this.#db
      .selectFrom('event_staff')
      .innerJoin('events', 'events.event', 'event_staff.event')
      .select('event_staff.role')
      .distinct()
      .where('event_staff.name', '=', name)
      .where('events.deleted_at', 'is', null)
      .where('events.starts_at', '<=', now + margin)
      .where('events.ends_at', '>=', now - margin)
      .execute();
    const roles = new Set(rows.map(({ role }) => role));
    return roles.has('marshal') ? ['marshal', 'crew'] : roles.has('crew') ? ['crew'] : [];
  }

  /**
   * A race of an event is run by its organizer, its marshals and administrators; one of no event by every marshal.
   * @throws PitwallError `access-denied`
   */
  async demandMayRun(race: string, who: Asker): Promise<void> {
    const owner = await this.#ownerOf({ race });
    if (owner === undefined || ownsEvent(who, owner.owner)) return;
    if (!(await this.#isStaff(owner.event, who, 'marshal')))
      throw new PitwallError(
        'access-denied',
        `Race ${race} belongs to an event: its organizer and the marshals of that event run it.`,
      );
  }

  /** Whether racers enter a race by themselves, because its event lets them. */
  async isJoinable(race: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom('events')
      .innerJoin('event_races', 'event_races.event', 'events.event')
      .select(['events.setup', 'events.ends_at'])
      .where('event_races.race', '=', race)
      .where('events.deleted_at', 'is', null)
      .executeTakeFirst();
    if (row === undefined || row.ends_at <= this.#now()) return false;
    const { joining = 'closed' } = JSON.parse(row.setup) as { joining?: string };
    return joining !== 'closed';
  }

  /** What an event's people alone see and do. @throws PitwallError `not-found`, `access-denied` */
  async demandStaff(event: string, who: Asker): Promise<void> {
    const row = await this.#ownerOfEvent(event);
    if (ownsEvent(who, row.owner) || (await this.#isStaff(event, who, 'marshal'))) return;
    throw new PitwallError('access-denied', `This is for the organizer and the marshals of event ${event}.`);
  }

  /** Screens and notes: its organizer, and all whom the event names. @throws PitwallError `not-found`, `access-denied` */
  async demandShow(event: string, who: Asker): Promise<void> {
    const row = await this.#ownerOfEvent(event);
    if (ownsEvent(who, row.owner) || (await this.#isStaff(event, who))) return;
    throw new PitwallError(
      'access-denied',
      `This is for the organizer, marshals, crew and commentators of event ${event}.`,
    );
  }

  /** A board of an event is changed by its organizer and by administrators. @throws PitwallError `access-denied` */
  async demandOwnBoard(board: string, who: Asker): Promise<void> {
    const owner = await this.#ownerOf({ board });
    if (owner !== undefined && !ownsEvent(who, owner.owner))
      throw new PitwallError('access-denied', `Board ${board} belongs to an event: its organizer changes it.`);
  }

  async #isStaff(event: string, { name }: Asker, as?: 'marshal'): Promise<boolean> {
    const named = this.#db.selectFrom('event_staff').select('name').where('event', '=', event).where('name', '=', name);
    const row = await (as === undefined ? named : named.where('role', '=', as)).executeTakeFirst();
    return row !== undefined;
  }

  async #ownerOfEvent(event: string): Promise<{ event: string; owner: string }> {
    const row = await this.#db
      .selectFrom('events')
      .select(['event', 'owner'])
      .where('event', '=', event)
      .where('deleted_at', 'is', null)
      .executeTakeFirst();
    if (row === undefined) throw new PitwallError('not-found', `There is no event ${event}.`);
    return row;
  }

  async #ownerOf(part: { race: string } | { board: string }): Promise<{ event: string; owner: string } | undefined> {
    const found =
      'race' in part
        ? this.#db.selectFrom('event_races').select('event').where('race', '=', part.race)
        : this.#db.selectFrom('event_boards').select('event').where('board', '=', part.board);
    return await this.#db
      .selectFrom('events')
      .select(['event', 'owner'])
      .where('event', '=', found)
      .where('deleted_at', 'is', null)
      .executeTakeFirst();
  }

  get #db(): Kysely<EventTables> {
    return this.#store.reading<EventTables>();
  }
}
