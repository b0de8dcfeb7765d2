import { randomInt } from 'node:crypto';
import { PitwallError, type RaceId, type RacerId } from '@pitwall/protocol';
import type { EventDoor, EventRace, JoinedEvent, MinorList, UnnamedRacer, WalkIn } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import { LRUCache } from 'lru-cache';
import { addressKey, limits, remembered } from '../limits/index.js';
import type { Viewer } from '../online-races/index.js';
import type { Store } from '../store/index.js';
import type { EventViews } from './event-views.js';
import type { Events, FoundEvent } from './events.js';
import type { EventTables } from './tables.js';

/** Whoever is entered. */
interface Joiner {
  readonly racer: string;
  readonly alias: string;
  readonly country?: string | undefined;
}

/** What joining needs of people and races. */
export interface JoinParts {
  /** Enters again what was entered before without another word. @throws PitwallError `race-refused` */
  enterTrack(race: RaceId, who: Joiner, by: string): Promise<void>;
  /** @throws PitwallError `race-refused`, `race-closed` */
  enterOnline(race: RaceId, racer: string): Promise<void>;
}

/** People come into an event: by phone, or entered by staff. */
export class Joining {
  readonly #store: Store;
  readonly #events: Events;
  readonly #views: EventViews;
  readonly #parts: JoinParts;
  readonly #now: () => number;
  readonly #hallUrl: () => string | null;
  readonly #wrong = new LRUCache<string, number>({
    ...remembered,
    ttl: limits.pins.windowMs,
    noUpdateTTL: true,
  });

  constructor(
    store: Store,
    {
      events,
      views,
      parts,
      now,
      hallUrl,
    }: { events: Events; views: EventViews; parts: JoinParts; now: () => number; hallUrl: () => string | null },
  ) {
    this.#store = store;
    this.#events = events;
    this.#views = views;
    this.#parts = parts;
    this.#now = now;
    this.#hallUrl = hallUrl;
  }

  /**
   * Whether somebody may join by themselves; `hall`: over its plain HTTP, from that address, with a PIN.
   * @throws PitwallError `not-found`, `join-refused`, `too-many-tries`
   */
  async demandOpen(event: string, hall: { address: string; pin: string | undefined } | undefined): Promise<void> {
    const { setup, row } = await this.#events.get(event);
    if (setup.joining === 'closed' || row.ends_at <= this.#now())
      throw new PitwallError('join-refused', 'Nobody joins this event by themselves now: ask its organizer.');
    if (hall === undefined) return;
    if (setup.joining !== 'pin')
      throw new PitwallError('join-refused', 'This event is not joined over plain HTTP: ask its organizer.');
    const address = addressKey(hall.address);
    const tries = this.#wrong.get(address) ?? 0;
    if (tries >= limits.pins.ofAddress) {
      const wait = Math.max(1, Math.ceil(this.#wrong.getRemainingTTL(address) / 1000));
      throw new PitwallError('too-many-tries', `Too many wrong PINs from this address: try again in ${wait} s.`, {
        details: { retryAfter: wait },
      });
    }
    // Counted before it is looked at, so that many at once are no way around.
    this.#wrong.set(address, tries + 1);
    if (hall.pin !== (await this.#pin(event)))
      throw new PitwallError('join-refused', 'The PIN is not right: it stands beside the QR on the event’s screen.');
    this.#wrong.set(address, Math.max(0, (this.#wrong.get(address) ?? 0) - 1));
  }

  /**
   * The racer whom `make` makes under the name that the crowd sees: for somebody under age a neutral one, unless it is to be shown.
   * @throws PitwallError as `make` does
   */
  async introduce<T extends { readonly racer: string }>(
    event: string,
    asked: Pick<WalkIn, 'alias' | 'country' | 'colour' | 'guardian' | 'showAlias'>,
    by: string | undefined,
    make: (racer: UnnamedRacer) => Promise<T>,
  ): Promise<T> {
    const { alias, country, colour, guardian, showAlias } = asked;
    const rest = { ...(country === undefined ? {} : { country }), ...(colour === undefined ? {} : { colour }) };
    if (guardian === undefined) return await make({ alias, ...rest });
    const made = await make(showAlias ? { alias, ...rest } : rest);
    await this.#db
      .insertInto('event_minors')
      .values({
        racer: made.racer,
        event,
        called: alias,
        guardian,
        shown: showAlias ? 1 : 0,
        recorded_by: by ?? made.racer,
        at: this.#now(),
      })
      .execute();
    return made;
  }

  /** Into the race that was named, or the first that can be entered. @throws PitwallError `race-refused`, `not-found` */
  async enter(event: string, who: Joiner, race: RaceId | undefined, by: string, viewer: Viewer): Promise<JoinedEvent> {
    const found = await this.#events.get(event);
    const races = await this.#enterable(found, viewer);
    const into = race === undefined ? races[0] : races.find((one) => one.race === race);
    if (race !== undefined && into === undefined)
      throw new PitwallError('race-refused', 'This race cannot be entered here now: choose another.');
    const joined = { racer: who.racer as RacerId, alias: who.alias };
    if (into === undefined) return { ...joined, race: null };
    if (into.kind === 'online') await this.#parts.enterOnline(into.race, who.racer);
    else await this.#parts.enterTrack(into.race, who, by);
    return { ...joined, race: { race: into.race, name: into.name, kind: into.kind as 'track' | 'online' } };
  }

  async door(event: string): Promise<EventDoor> {
    const { row, setup } = await this.#events.get(event);
    const isOpen = setup.joining === 'pin';
    return {
      event: row.event as EventDoor['event'],
      pin: isOpen ? await this.#pin(event) : null,
      url: isOpen ? this.#hallUrl() : null,
    };
  }

  /** Phones that have joined stay in. */
  async newPin(event: string): Promise<EventDoor> {
    await this.#events.get(event);
    await this.#db.deleteFrom('event_pins').where('event', '=', event).execute();
    return await this.door(event);
  }

  async minors(event: string): Promise<MinorList['minors']> {
    const rows = await this.#store
      .reading<EventTables>()
      .selectFrom('event_minors')
      .selectAll()
      .where('event', '=', event)
      .orderBy('at')
      .orderBy('racer')
      .execute();
    return rows.map(({ racer, called, guardian, shown, recorded_by, at }) => ({
      racer: racer as RacerId,
      called,
      guardian,
      shown: shown === 1,
      recordedBy: recorded_by,
      at: at as MinorList['minors'][number]['at'],
    }));
  }

  /** LIVE races are entered with a model. */
  async #enterable(found: FoundEvent, viewer: Viewer): Promise<EventRace[]> {
    const races = await this.#views.races(found, viewer);
    return races.filter(
      ({ kind, phase }) =>
        (kind === 'track' && (phase === 'draft' || phase === 'open')) || (kind === 'online' && phase !== 'closed'),
    );
  }

  async #pin(event: string): Promise<string> {
    await this.#db
      .insertInto('event_pins')
      .values({ event, pin: `${randomInt(1_000_000)}`.padStart(6, '0') })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const { pin } = await this.#store
      .reading<EventTables>()
      .selectFrom('event_pins')
      .select('pin')
      .where('event', '=', event)
      .executeTakeFirstOrThrow();
    return pin;
  }

  get #db(): Kysely<EventTables> {
    return this.#store.as<EventTables>();
  }
}
