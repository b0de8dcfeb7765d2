import { randomBytes } from 'node:crypto';
import { EventId, PitwallError, parseJson, type RaceId } from '@pitwall/protocol';
import {
  type ChangeEvent,
  type CreateEvent,
  EventSetup,
  type EventSummary,
  type ShiftEvent,
} from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import { type Asker, ownsEvent } from './owners.js';
import type { EventRow, EventTables } from './tables.js';

/** What events need of races and boards; the composition root says who they are. */
export interface EventParts {
  /** @throws PitwallError `not-found`, `access-denied` for a race that is not there, or that whoever asks does not organize. */
  demandRace(race: RaceId, who: Asker): Promise<void>;
  /** @throws PitwallError `not-found` */
  demandBoard(board: string, who: Asker): Promise<void>;
}

/** An event that was found, with what its organizer says of it. */
export interface FoundEvent {
  readonly row: EventRow;
  readonly setup: EventSetup;
}

export type When = 'on' | 'coming' | 'past';

/** So an event that only its link shows is called before the part that nobody can guess. */
const hiddenPrefix = 'private-';

const unknown = (event: string): PitwallError => new PitwallError('not-found', `There is no event ${event}.`);

/** Events, as their organizers make, change and end them. */
export class Events {
  readonly #store: Store;
  readonly #parts: EventParts;
  /** The controller's clock, ms since 1970: it alone says what is on. */
  readonly #now: () => number;

  constructor(store: Store, parts: EventParts, now: () => number) {
    this.#store = store;
    this.#parts = parts;
    this.#now = now;
  }

  /** @throws PitwallError `event-exists`, `event-refused`, `not-found` */
  async create({ event: wanted, commandId, setup }: CreateEvent, who: Asker): Promise<EventId> {
    const known = await this.made(commandId, who);
    if (known !== undefined) return known;
    const hidden = setup.access === 'link';
    if (wanted !== undefined && (hidden || wanted.startsWith(hiddenPrefix)))
      throw new PitwallError(
        'event-refused',
        `The id of an event that only its link shows is made here, and ids that begin with "${hiddenPrefix}" are.`,
      );
    const random = randomBytes(16).toString('hex');
    const event = EventId.parse(wanted ?? (hidden ? `${hiddenPrefix}${random}` : `event-${random.slice(0, 10)}`));
    await this.#demandParts(setup, undefined, who);
    const row: EventRow = {
      event,
      owner: who.name,
      command_id: commandId,
      ...columnsOf(setup),
      version: 1,
      created_at: this.#now(),
      deleted_at: null,
    };
    await this.#db.transaction().execute(async (db) => {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('events')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 0n)
        throw new PitwallError('event-exists', `There is an event ${event} already; choose another id.`);
      await this.#writeParts(db, event, setup);
    });
    return event;
  }

  /** What a command of the same id made before. */
  async made(commandId: string, who: Asker): Promise<EventId | undefined> {
    const row = await this.#store
      .reading<EventTables>()
      .selectFrom('events')
      .select('event')
      .where('command_id', '=', commandId)
      .where('owner', '=', who.name)
      .executeTakeFirst();
    return row?.event as EventId | undefined;
  }

  /** @throws PitwallError `not-found` */
  async get(event: string): Promise<FoundEvent> {
    const row = await this.#reading
      .selectFrom('events')
      .selectAll()
      .where('event', '=', event)
      .where('deleted_at', 'is', null)
      .executeTakeFirst();
    if (row === undefined) throw unknown(event);
    return { row, setup: parseJson(EventSetup, row.setup, `Event ${event}`, 'internal-error') };
  }

  /** @throws PitwallError `not-found`, `access-denied` */
  async own(event: string, who: Asker): Promise<FoundEvent> {
    const found = await this.get(event);
    if (!ownsEvent(who, found.row.owner))
      throw new PitwallError('access-denied', `Only the organizer of event ${event} may do this.`);
    return found;
  }

  /** @throws PitwallError `event-conflict`, `event-refused` */
  async change(event: string, { seen, setup }: ChangeEvent, who: Asker): Promise<void> {
    const before = await this.own(event, who);
    if (setup.access !== before.setup.access)
      throw new PitwallError('event-refused', 'Who sees an event is chosen when it is made.');
    await this.#demandParts(setup, before.setup, who);
    await this.#write(event, seen, setup);
  }

  /** What begins at or after `from` comes so much later. @throws PitwallError `event-conflict` */
  async shift(event: string, { seen, from, byMinutes }: ShiftEvent, who: Asker): Promise<void> {
    const { setup } = await this.own(event, who);
    await this.#write(event, seen, shifted(setup, from, byMinutes * 60_000));
  }

  /** Gone for everyone; its races and boards stay, and belong to no event. */
  async delete(event: string, who: Asker): Promise<void> {
    await this.own(event, who);
    await this.#db.transaction().execute(async (db) => {
      await db.updateTable('events').set({ deleted_at: this.#now() }).where('event', '=', event).execute();
      await clearParts(db, event);
    });
  }

  /** Those that lists show; `after` is where the page before ended. */
  async list(
    when: When,
    after: string | undefined,
    limit: number,
  ): Promise<{ events: EventSummary[]; next: string | null }> {
    const now = this.#now();
    const column = when === 'past' ? ('ends_at' as const) : ('starts_at' as const);
    const way = when === 'coming' ? ('asc' as const) : ('desc' as const);
    const [, at, event] = /^(\d{1,16})\.([a-z0-9-]{1,63})$/.exec(after ?? '') ?? [];
    const beyond = way === 'asc' ? ('>' as const) : ('<' as const);
    let query = this.#reading
      .selectFrom('events')
      .selectAll()
      .where('deleted_at', 'is', null)
      .where('hidden', '=', 0)
      .orderBy(column, way)
      .orderBy('event', way)
      .limit(limit);
    if (when === 'on') query = query.where('starts_at', '<=', now).where('ends_at', '>', now);
    else if (when === 'coming') query = query.where('starts_at', '>', now);
    else query = query.where('ends_at', '<=', now);
    if (at !== undefined && event !== undefined)
      query = query.where((to) =>
        to.or([to(column, beyond, Number(at)), to.and([to(column, '=', Number(at)), to('event', beyond, event)])]),
      );
    const rows = await query.execute();
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return {
      events: rows.map((row) => summaryOf(row, now)),
      next: last === undefined ? null : `${last[column]}.${last.event}`,
    };
  }

  async #write(event: string, seen: number, setup: EventSetup): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('events')
        .set({ ...columnsOf(setup), version: seen + 1 })
        .where('event', '=', event)
        .where('version', '=', seen)
        .where('deleted_at', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n)
        throw new PitwallError('event-conflict', `Event ${event} was changed meanwhile; look at it again.`);
      await clearParts(db, event);
      await this.#writeParts(db, event, setup);
    });
  }

  /** What is new in it must be there, and somebody's who may put it there. */
  async #demandParts(setup: EventSetup, before: EventSetup | undefined, who: Asker): Promise<void> {
    const had = new Set([...racesOf(before), ...(before?.boards ?? [])]);
    for (const race of racesOf(setup)) if (!had.has(race)) await this.#parts.demandRace(race, who);
    for (const board of setup.boards) if (!had.has(board)) await this.#parts.demandBoard(board, who);
  }

  async #writeParts(db: Kysely<EventTables>, event: string, setup: EventSetup): Promise<void> {
    const races = racesOf(setup).map((race) => ({ race, event }));
    const boards = setup.boards.map((board) => ({ board, event }));
    const staff = new Map(setup.staff.map(({ name, role }) => [`${role} ${name}`, { event, name, role }]));
    for (const row of races) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('event_races')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 0n) throw elsewhere(`Race ${row.race}`);
    }
    for (const row of boards) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('event_boards')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 0n) throw elsewhere(`Board ${row.board}`);
    }
    if (staff.size > 0)
      await db
        .insertInto('event_staff')
        .values([...staff.values()])
        .execute();
  }

  get #db(): Kysely<EventTables> {
    return this.#store.as<EventTables>();
  }

  get #reading(): Kysely<EventTables> {
    return this.#store.reading<EventTables>();
  }
}

const elsewhere = (what: string): PitwallError =>
  new PitwallError('event-refused', `${what} belongs to another event; take it out there first.`);

async function clearParts(db: Kysely<EventTables>, event: string): Promise<void> {
  await db.deleteFrom('event_races').where('event', '=', event).execute();
  await db.deleteFrom('event_boards').where('event', '=', event).execute();
  await db.deleteFrom('event_staff').where('event', '=', event).execute();
}

const columnsOf = (setup: EventSetup) => ({
  setup: JSON.stringify(setup),
  hidden: setup.access === 'link' ? 1 : 0,
  starts_at: setup.startsAt,
  ends_at: setup.endsAt,
});

export const racesOf = (setup: EventSetup | undefined): RaceId[] =>
  (setup?.program ?? []).flatMap(({ race }) => race ?? []);

export const phaseOf = ({ starts_at, ends_at }: Pick<EventRow, 'starts_at' | 'ends_at'>, now: number) =>
  now < starts_at ? ('upcoming' as const) : now < ends_at ? ('on' as const) : ('over' as const);

function summaryOf(row: EventRow, now: number): EventSummary {
  const { name, kind, place, startsAt, endsAt, timeZone } = JSON.parse(row.setup) as EventSetup;
  return { event: row.event as EventId, name, kind, place, startsAt, endsAt, timeZone, phase: phaseOf(row, now) };
}

/** The same event with what begins at or after `from` moved; with all of it moved, its beginning too. */
export function shifted(setup: EventSetup, from: number, by: number): EventSetup {
  const moved = (moment: number) => (moment + by) as EventSetup['startsAt'];
  const program = setup.program.map((item) =>
    item.startsAt < from ? item : { ...item, startsAt: moved(item.startsAt), endsAt: moved(item.endsAt) },
  );
  const startsAt = setup.startsAt < from ? setup.startsAt : moved(setup.startsAt);
  return EventSetup.parse({ ...setup, program, startsAt, endsAt: Math.max(moved(setup.endsAt), startsAt + 1) });
}
