import { type EpochMs, type EventId, PitwallError, type RaceId } from '@pitwall/protocol';
import type { DirectShow, EventShow, Scene, ShowNote, ShowPicture, WriteNote } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import { type Events, racesOf } from './events.js';
import type { EventTables } from './tables.js';

/** So many notes of an event are kept; the oldest go. */
const notesKept = 200;

/** What the screens of events show, and what their staff tell each other. */
export class ShowControl {
  readonly #store: Store;
  readonly #events: Pick<Events, 'get'>;
  readonly #alias: (name: string) => Promise<string>;
  readonly #now: () => number;
  readonly #watchers = new Map<string, Set<(show: EventShow) => void>>();

  constructor(store: Store, events: Pick<Events, 'get'>, alias: (name: string) => Promise<string>, now: () => number) {
    this.#store = store;
    this.#events = events;
    this.#alias = alias;
    this.#now = now;
  }

  /** @throws PitwallError `not-found` */
  async get(event: string): Promise<EventShow> {
    const { row } = await this.#events.get(event);
    const shown = await this.#reading
      .selectFrom('event_show')
      .select(['scene', 'race', 'at'])
      .where('event', '=', event)
      .executeTakeFirst();
    return {
      event: row.event as EventId,
      scene: (shown?.scene ?? 'auto') as Scene,
      race: (shown?.race ?? null) as RaceId | null,
      at: (shown === undefined ? null : Number(shown.at)) as EpochMs | null,
      pictures: await this.#pictures(event),
    };
  }

  /** @throws PitwallError `not-found`, `event-refused` */
  async direct(event: string, { scene, race }: DirectShow): Promise<EventShow> {
    const { setup } = await this.#events.get(event);
    if (race !== null && !racesOf(setup).includes(race))
      throw new PitwallError('event-refused', `Race ${race} is none of event ${event}; choose one of its program.`);
    const row = { scene, race, at: this.#now() };
    await this.#db
      .insertInto('event_show')
      .values({ event, ...row })
      .onConflict((conflict) => conflict.column('event').doUpdateSet(row))
      .execute();
    return await this.changed(event);
  }

  /** Tells all screens what there is now. */
  async changed(event: string): Promise<EventShow> {
    const show = await this.get(event);
    for (const tell of this.#watchers.get(event) ?? []) tell(show);
    return show;
  }

  /** @throws PitwallError `not-found` */
  async follow(event: string, tell: (show: EventShow) => void): Promise<() => void> {
    const watchers = this.#watchers.get(event) ?? new Set();
    this.#watchers.set(event, watchers);
    watchers.add(tell);
    const leave = () => {
      watchers.delete(tell);
      if (watchers.size === 0 && this.#watchers.get(event) === watchers) this.#watchers.delete(event);
    };
    try {
      tell(await this.get(event));
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }

  /** The latest first. */
  async notes(event: string): Promise<ShowNote[]> {
    const rows = await this.#reading
      .selectFrom('event_notes')
      .select(['note', 'by', 'at', 'text'])
      .where('event', '=', event)
      .orderBy('at', 'desc')
      .orderBy('note', 'desc')
      .limit(notesKept)
      .execute();
    const names = new Map<string, string>();
    for (const { by } of rows) if (!names.has(by)) names.set(by, await this.#alias(by));
    return rows.map(({ note, by, at, text }) => ({
      note,
      by: names.get(by) ?? by,
      at: Number(at) as EpochMs,
      text,
    }));
  }

  async write(event: string, { note, text }: WriteNote, by: string): Promise<ShowNote[]> {
    await this.#db
      .insertInto('event_notes')
      .values({ note, event, by, at: this.#now(), text })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const notes = await this.notes(event);
    const oldest = notes.length < notesKept ? undefined : notes.at(-1);
    if (oldest !== undefined)
      await this.#db.deleteFrom('event_notes').where('event', '=', event).where('at', '<', oldest.at).execute();
    return notes;
  }

  async forget(event: string, note: string): Promise<ShowNote[]> {
    await this.#db.deleteFrom('event_notes').where('event', '=', event).where('note', '=', note).execute();
    return await this.notes(event);
  }

  async #pictures(event: string): Promise<ShowPicture[]> {
    const rows = await this.#reading
      .selectFrom('event_pictures')
      .select(['hash', 'name', 'type', 'width', 'height', 'size'])
      .where('event', '=', event)
      .orderBy('at')
      .orderBy('hash')
      .execute();
    return rows as ShowPicture[];
  }

  get #db(): Kysely<EventTables> {
    return this.#store.as<EventTables>();
  }

  get #reading(): Kysely<EventTables> {
    return this.#store.reading<EventTables>();
  }
}
