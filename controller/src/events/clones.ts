import { createHash } from 'node:crypto';
import { type EventId, LeaderboardId, RaceId } from '@pitwall/protocol';
import type { Board, CloneEvent, EventSetup, OnlineSetup } from '@pitwall/protocol/api';
import type { RaceSetup } from '@pitwall/protocol/race';
import type { Events } from './events.js';
import type { Asker } from './owners.js';

/** What makes races and boards anew. */
export interface Cloning {
  /** The setup of a race in person or LIVE; undefined where there is none of that id. */
  trackSetup(race: RaceId): Promise<RaceSetup | undefined>;
  /** @throws PitwallError `not-found`, `access-denied` */
  onlineSetup(race: RaceId, who: Asker): Promise<OnlineSetup>;
  /** Idempotent by `commandId`. */
  createTrack(race: RaceId, commandId: string, setup: RaceSetup, who: Asker): Promise<void>;
  /** Idempotent by `commandId`; answers the id. */
  createOnline(commandId: string, setup: OnlineSetup, who: Asker): Promise<RaceId>;
  board(id: LeaderboardId): Promise<Board>;
  /** One that is there already is left as it is. */
  ensureBoard(board: Board): Promise<void>;
}

/** Makes events anew after old ones: with the same races, none of which anyone has entered yet. */
export class EventClones {
  readonly #events: Events;
  readonly #cloning: Cloning;

  constructor(events: Events, cloning: Cloning) {
    this.#events = events;
    this.#cloning = cloning;
  }

  /**
   * Whatever it makes on the way is named after the command, so that one that was interrupted goes on where it was.
   * @throws PitwallError `not-found`, `access-denied`, `event-exists`
   */
  async clone(event: string, { event: wanted, commandId, name, startsAt }: CloneEvent, who: Asker): Promise<EventId> {
    const { setup } = await this.#events.own(event, who);
    const known = await this.#events.made(commandId, who);
    if (known !== undefined) return known;
    // Whoever may not make one of its races again makes nothing of it.
    for (const { race } of setup.program)
      if (race !== null && (await this.#cloning.trackSetup(race)) === undefined)
        await this.#cloning.onlineSetup(race, who);
    const by = startsAt - setup.startsAt;
    const moved = (moment: number) => (moment + by) as EventSetup['startsAt'];
    const boards = new Map<string, LeaderboardId>();
    for (const id of setup.boards) {
      const to = LeaderboardId.parse(renamed(id, commandId));
      const board = await this.#cloning.board(id);
      await this.#cloning.ensureBoard({ ...board, id: to });
      boards.set(id, to);
    }
    const program: EventSetup['program'] = [];
    for (const item of setup.program) {
      const race = item.race === null ? null : await this.#race(item.race, { by, boards, commandId, who });
      program.push({ ...item, race, startsAt: moved(item.startsAt), endsAt: moved(item.endsAt) });
    }
    return await this.#events.create(
      {
        ...(wanted === undefined ? {} : { event: wanted }),
        commandId,
        setup: {
          ...setup,
          name,
          startsAt: moved(setup.startsAt),
          endsAt: moved(setup.endsAt),
          program,
          boards: [...boards.values()],
        },
      },
      who,
    );
  }

  async #race(
    race: RaceId,
    { by, boards, commandId, who }: { by: number; boards: Map<string, LeaderboardId>; commandId: string; who: Asker },
  ): Promise<RaceId> {
    const command = derived(commandId, race);
    const track = await this.#cloning.trackSetup(race);
    if (track !== undefined) {
      const to = RaceId.parse(renamed(race, commandId));
      const leaderboard = boards.get(track.leaderboard ?? '') ?? track.leaderboard;
      await this.#cloning.createTrack(to, command, { ...track, leaderboard }, who);
      return to;
    }
    const online = await this.#cloning.onlineSetup(race, who);
    const opensAt = (online.opensAt + by) as OnlineSetup['opensAt'];
    const closesAt = (online.closesAt + by) as OnlineSetup['closesAt'];
    return await this.#cloning.createOnline(command, { ...online, opensAt, closesAt }, who);
  }
}

/** `friday-cup` → `friday-cup-1a2b3c`; what was made anew before gets a new ending, not a longer one. */
const renamed = (id: string, commandId: string): string =>
  `${id.replace(/-[0-9a-f]{6}$/, '').slice(0, 56)}-${hashOf(commandId, '').slice(0, 6)}`;

const hashOf = (...parts: string[]): string => createHash('sha256').update(parts.join('\n')).digest('hex');

/** A UUID that follows from both (RFC 9562 §5.8). */
function derived(commandId: string, race: string): string {
  const hex = hashOf(commandId, race);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
