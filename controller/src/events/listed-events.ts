import { EventId, parseJson } from '@pitwall/protocol';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Store } from '../store/index.js';
import type { EventTables } from './tables.js';

const Called = z.object({ name: z.string() });

interface Named {
  readonly event: EventId;
  readonly name: string;
}

/** What everybody may know of events by their races and boards; of those that only a link shows, nothing. */
export class ListedEvents {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Boards of events that no list shows. */
  async hiddenBoards(): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('events')
      .innerJoin('event_boards', 'event_boards.event', 'events.event')
      .select('event_boards.board')
      .where('events.hidden', '=', 1)
      .where('events.deleted_at', 'is', null)
      .execute();
    return rows.map(({ board }) => board);
  }

  /** Whether the crowd sees the racer under a neutral name: somebody under age, whose alias is not to be shown. */
  async isHidden(racer: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom('event_minors')
      .select('racer')
      .where('racer', '=', racer)
      .where('shown', '=', 0)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Whether a race belongs to an event that no list shows. */
  async isHiddenRace(race: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom('events')
      .innerJoin('event_races', 'event_races.event', 'events.event')
      .select('event_races.race')
      .where('event_races.race', '=', race)
      .where('events.hidden', '=', 1)
      .where('events.deleted_at', 'is', null)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** The event of each race, or else of its board; null where there is none. In the order asked. */
  async of(asked: readonly { readonly race: string | null; readonly board: string }[]): Promise<(Named | null)[]> {
    const races = asked.flatMap(({ race }) => race ?? []);
    const boards = asked.map(({ board }) => board);
    const found = new Map<string, Named>();
    if (boards.length > 0)
      for (const { board, event, setup } of await this.#listed()
        .innerJoin('event_boards', 'event_boards.event', 'events.event')
        .select(['event_boards.board', 'events.event', 'events.setup'])
        .where('event_boards.board', 'in', [...new Set(boards)])
        .execute())
        found.set(`board ${board}`, named(event, setup));
    if (races.length > 0)
      for (const { race, event, setup } of await this.#listed()
        .innerJoin('event_races', 'event_races.event', 'events.event')
        .select(['event_races.race', 'events.event', 'events.setup'])
        .where('event_races.race', 'in', [...new Set(races)])
        .execute())
        found.set(`race ${race}`, named(event, setup));
    return asked.map(({ race, board }) => found.get(`race ${race}`) ?? found.get(`board ${board}`) ?? null);
  }

  #listed() {
    return this.#db.selectFrom('events').where('events.hidden', '=', 0).where('events.deleted_at', 'is', null);
  }

  get #db(): Kysely<EventTables> {
    return this.#store.reading<EventTables>();
  }
}

const named = (event: string, setup: string): Named => ({
  event: EventId.parse(event),
  name: parseJson(Called, setup, `Event ${event}`, 'internal-error').name,
});
