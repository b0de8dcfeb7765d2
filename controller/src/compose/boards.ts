import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type LeaderboardId, PitwallError } from '@pitwall/protocol';
import { Board } from '@pitwall/protocol/api';
import { Accounts, type LoginProviders, People } from '../accounts/index.js';
import { EventOwners, ListedEvents } from '../events/index.js';
import { openSigner } from '../forwarding/index.js';
import { Leaderboards } from '../leaderboard/index.js';
import { type Viewer, VisibleRaces } from '../online-races/index.js';
import { openStore, type Store } from '../store/index.js';
import { Tracks } from '../tracks/index.js';
import { type Config, databaseOf } from './config.js';
import { allMigrations } from './migrations.js';
import type { Network } from './network.js';
import type { Started } from './running.js';
import { visibilityOf } from './visibility.js';

/** What every role that answers over HTTP has: the database, who may do what, and the leaderboards. */
export interface Boards {
  readonly store: Store;
  readonly accounts: Accounts;
  readonly people: People;
  readonly providers: LoginProviders;
  /** As they sign in over the hall's plain HTTP. */
  readonly hallPeople: People;
  readonly leaderboards: Leaderboards;
  readonly owners: EventOwners;
  readonly visible: VisibleRaces;
  readonly tracks: Tracks;
  /** Whether a board may be shown to whoever asks. */
  readonly mayShow: (board: string, viewer: Viewer) => Promise<boolean>;
}

/** Opens the database, and makes the boards that the configuration wants. */
export async function openBoards(
  config: Config,
  started: Started,
  { certificate }: Pick<Network, 'certificate'>,
): Promise<Boards> {
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const store = await openStore(databaseOf(config), allMigrations);
  started.add(() => store.close());
  const accounts = new Accounts(store);
  const visible = new VisibleRaces({ store, now: Date.now, source: config.name });
  const tracks = new Tracks(store);
  const leaderboards = new Leaderboards(store, {
    cards: await openSigner(join(config.data, 'cards.key.json')),
    targets: { hosts: config.webhooks },
    visibility: visibilityOf({ events: new ListedEvents(store), visible, tracks, source: config.name }),
  });
  leaderboards.start();
  started.add(() => leaderboards.stop());
  const { racers } = leaderboards;
  const owners = new EventOwners(store, Date.now);
  const rolesBeside = (name: string) => owners.staffRoles(name);
  const people = await People.open({ store, racers, rolesBeside, secure: certificate !== undefined });
  const hallPeople = await People.open({ store, racers, secure: false, sessions: 'hall-sessions' });
  for (const board of config.boards) await ensureBoard(leaderboards, board, config.name);
  return {
    store,
    accounts,
    people,
    providers: people.providers(config.providers),
    hallPeople,
    leaderboards,
    owners,
    visible,
    tracks,
    mayShow: (board, viewer) => visible.mayShowBoard(board, viewer),
  };
}

async function ensureBoard(
  leaderboards: Leaderboards,
  { id, name }: { id: LeaderboardId; name: string },
  writer: string,
): Promise<void> {
  try {
    await leaderboards.boards.create(
      Board.parse({ id, name, ranking: { by: 'best-lap' }, signatures: 'optional', writers: [writer] }),
    );
  } catch (error) {
    if (!(error instanceof PitwallError) || error.code !== 'board-exists') throw error;
  }
}
