import { isPitwallError, PitwallError, RacerId } from '@pitwall/protocol';
import type { BlobStore } from '@pitwall/runtime';
import type { People } from '../accounts/index.js';
import {
  EventClones,
  type EventOwners,
  EventPictures,
  Events,
  EventViews,
  Joining,
  ShowControl,
} from '../events/index.js';
import type { OnlineSources } from '../http/index.js';
import type { Leaderboards } from '../leaderboard/index.js';
import { giveInAnyCase, type RaceDesk } from '../race/index.js';
import type { Store } from '../store/index.js';

interface Parts {
  readonly store: Store;
  readonly people: People;
  readonly leaderboards: Leaderboards;
  readonly owners: EventOwners;
  readonly online: OnlineSources;
  readonly desk: RaceDesk;
  /** Of the events' pictures. */
  readonly blobs: BlobStore;
  /** Where the hall's plain HTTP is; null: there is none. */
  readonly hallUrl: () => string | null;
}

/** Events, over the races and boards of this controller. */
export function openEvents({ store, people, leaderboards, owners, online, desk, blobs, hallUrl }: Parts) {
  const { boards } = leaderboards;
  const now = Date.now;
  const track = async (race: Parameters<RaceDesk['state']>[0]) => await unlessNone(desk.state(race));
  const events = new Events(
    store,
    {
      demandRace: async (race, who) => {
        if ((await track(race)) === undefined) await online.visible.own(race, { who });
      },
      demandBoard: async (board, who) => {
        await boards.get(board);
        if (!(await online.visible.mayShowBoard(board, { who })))
          throw new PitwallError('not-found', `There is no leaderboard ${board}.`);
      },
    },
    now,
  );
  const alias = async (name: string) =>
    (await people.byRacer(name))?.alias ?? (await unlessNone(leaderboards.racers.get(name)))?.alias ?? name;
  const views = new EventViews(
    events,
    {
      track,
      online: async (race, viewer) => await unlessNone(online.visible.show(race, viewer)),
      board: async (id, viewer) => {
        const board = await unlessNone(boards.get(id));
        if (board === undefined || !(await online.visible.mayShowBoard(id, viewer))) return undefined;
        const first = (await leaderboards.standings(id, { limit: 1 })).virtual[0];
        return {
          name: board.name,
          first: first === undefined ? null : { racer: first.racer, alias: first.alias, score: first.score },
        };
      },
      alias,
    },
    now,
    hallUrl,
  );
  const clones = new EventClones(events, {
    trackSetup: async (race) => (await track(race))?.setup,
    onlineSetup: async (race, who) => (await online.visible.own(race, { who })).setup,
    createTrack: async (race, commandId, setup, { name }) => {
      await desk.create({ race, commandId, setup }, name);
    },
    createOnline: async (commandId, setup, { name }) => (await online.races.create({ commandId, setup }, name)).race,
    board: (id) => boards.get(id),
    ensureBoard: async (board) => {
      try {
        await boards.create(board);
      } catch (error) {
        if (!isPitwallError(error) || error.code !== 'board-exists') throw error;
      }
    },
  });
  const joining = new Joining(store, {
    events,
    views,
    parts: {
      enterTrack: async (race, { racer, alias, country }, by) => {
        const { entries } = await desk.state(race);
        if (entries.some((entry) => entry.racer === racer)) return;
        const known = country === undefined ? {} : { country };
        const entry = { racer: RacerId.parse(racer), alias, ...known, car: null, models: [] };
        await giveInAnyCase(desk, race, { type: 'enter', entry }, by);
      },
      enterOnline: async (race, racer) => {
        await online.entries.enter(race, racer, { who: { name: racer, role: 'racer' } });
      },
    },
    now,
    hallUrl,
  });
  const show = new ShowControl(store, events, alias, now);
  const pictures = new EventPictures(store, blobs, now);
  return { events, views, owners, clones, joining, show, pictures };
}

async function unlessNone<T>(wanted: Promise<T>): Promise<T | undefined> {
  try {
    return await wanted;
  } catch (error) {
    if (isPitwallError(error) && error.code === 'not-found') return undefined;
    throw error;
  }
}
