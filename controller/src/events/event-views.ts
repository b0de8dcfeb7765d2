import type { EpochMs, RaceId } from '@pitwall/protocol';
import type { EventRace, OnlineRace, RaceEventView } from '@pitwall/protocol/api';
import type { RaceState } from '@pitwall/protocol/race';
import { LRUCache } from 'lru-cache';
import type { Viewer } from '../online-races/index.js';
import { type Events, type FoundEvent, phaseOf, racesOf } from './events.js';
import { ownsEvent } from './owners.js';

/** What a page on an event says of others' things. */
export interface EventVisibility {
  /** An in-person or LIVE race; undefined where there is none of that id. */
  track(race: RaceId): Promise<RaceState | undefined>;
  /** An online race as the viewer may see it; undefined where there is none for them. */
  online(race: RaceId, viewer: Viewer): Promise<OnlineRace | undefined>;
  /** A board's name and first of a column, as the viewer may see it; undefined where there is none for them. */
  board(id: string, viewer: Viewer): Promise<{ name: string; first: EventRace['winner'] } | undefined>;
  /** What somebody is called. */
  alias(name: string): Promise<string>;
}

/** Official races whose summaries are kept: nothing changes in them, and their logs are long. */
const kept = 2000;

/** Events as whoever asks may see them. */
export class EventViews {
  readonly #events: Events;
  readonly #visibility: EventVisibility;
  readonly #now: () => number;
  readonly #hallUrl: () => string | null;
  readonly #official = new LRUCache<string, EventRace>({ max: kept });

  constructor(
    events: Events,
    visibility: EventVisibility,
    now: () => number,
    hallUrl: () => string | null = () => null,
  ) {
    this.#events = events;
    this.#visibility = visibility;
    this.#now = now;
    this.#hallUrl = hallUrl;
  }

  /** @throws PitwallError `not-found` */
  async view(event: string, viewer: Viewer): Promise<RaceEventView> {
    const found = await this.#events.get(event);
    const { row, setup } = found;
    const yours = ownsEvent(viewer.who, row.owner);
    const races = await this.races(found, viewer);
    const seen = new Set(races.map(({ race }) => race));
    const boards: RaceEventView['boards'] = [];
    for (const id of setup.boards) {
      const board = await this.#visibility.board(id, viewer);
      if (board !== undefined) boards.push({ id, name: board.name });
    }
    const shown = new Set(boards.map(({ id }) => id));
    const staff: RaceEventView['staff'] = [];
    for (const { name, role } of setup.staff) staff.push({ alias: await this.#visibility.alias(name), role });
    const now = this.#now();
    return {
      event: row.event as RaceEventView['event'],
      version: row.version,
      setup: {
        ...setup,
        // Of what is hidden from the viewer there is no trace; its own people see all of it.
        program: setup.program.filter(({ race }) => yours || race === null || seen.has(race)),
        boards: setup.boards.filter((id) => yours || shown.has(id)),
        staff: yours ? setup.staff : [],
      },
      phase: phaseOf(row, now),
      organizer: await this.#visibility.alias(row.owner),
      yours,
      races,
      boards,
      staff,
      hallUrl: setup.joining === 'pin' ? this.#hallUrl() : null,
      now: now as EpochMs,
    };
  }

  /** Its races that the viewer may see, in the order of the program. */
  async races({ setup }: FoundEvent, viewer: Viewer): Promise<EventRace[]> {
    const races: EventRace[] = [];
    for (const race of racesOf(setup)) {
      const seen = (await this.#onTrack(race)) ?? (await this.#online(race, viewer));
      if (seen !== undefined) races.push(seen);
    }
    return races;
  }

  async #onTrack(race: RaceId): Promise<EventRace | undefined> {
    const known = this.#official.get(race);
    if (known !== undefined) return known;
    const state = await this.#visibility.track(race);
    if (state === undefined) return undefined;
    const { setup, phase } = state;
    const summary: EventRace = {
      race,
      name: setup.name,
      kind: setup.car === 'simulated' ? 'live' : 'track',
      phase,
      opensAt: null,
      closesAt: null,
      leaderboard: setup.leaderboard,
      entries: state.entries.length,
      winner: phase === 'closed' || phase === 'official' ? winnerOf(state) : null,
      you: null,
    };
    if (phase === 'official') this.#official.set(race, summary);
    return summary;
  }

  async #online(race: RaceId, viewer: Viewer): Promise<EventRace | undefined> {
    const seen = await this.#visibility.online(race, viewer);
    if (seen === undefined) return undefined;
    const { setup, phase, leaderboard, entries, you } = seen;
    const board = phase === 'closed' ? await this.#visibility.board(leaderboard, viewer) : undefined;
    return {
      race,
      name: setup.name,
      kind: 'online',
      phase,
      opensAt: setup.opensAt,
      closesAt: setup.closesAt,
      leaderboard,
      entries,
      winner: board?.first ?? null,
      you,
    };
  }
}

/** The finals decide, where there were any. */
function winnerOf({ standings, finals }: RaceState): EventRace['winner'] {
  const order = finals !== null && finals.standings.length > 0 ? finals.standings : standings;
  const first = order.find(({ rank }) => rank === 1);
  return first === undefined || first.score === null
    ? null
    : { racer: first.racer, alias: first.alias, score: first.score };
}
