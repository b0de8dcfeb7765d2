import { errorLine, isPitwallError } from '@pitwall/protocol';
import type { Logger } from 'pino';
import { Outbox } from '../forwarding/index.js';
import type { ModelCheck } from '../garage/index.js';
import type { OnlineSources } from '../http/index.js';
import type { Leaderboards } from '../leaderboard/index.js';
import { Entries, OnlineRaces, type VisibleRaces } from '../online-races/index.js';
import { RaceArchive } from '../race/index.js';
import type { Store } from '../store/index.js';
import { type BoardView, DatabaseBlobStore, Evaluations, Registrar, Submissions } from '../submissions/index.js';
import type { Tracks } from '../tracks/index.js';
import type { Config } from './config.js';
import { evaluatorsOf, queueOf } from './evaluation.js';

/** Online races, the submissions to them, and the workers of this process that evaluate them. */
export interface Online extends OnlineSources {
  start(): void;
  stop(): Promise<void>;
}

interface Parts {
  readonly store: Store;
  readonly leaderboards: Leaderboards;
  readonly visible: VisibleRaces;
  readonly tracks: Tracks;
}

function openRaces(config: Config, { store, leaderboards, visible, tracks }: Parts): OnlineRaces {
  const archive = new RaceArchive(store);
  return new OnlineRaces({
    store,
    now: Date.now,
    source: config.name,
    visible,
    tracks,
    boards: leaderboards.boards,
    taken: async (race) =>
      (await archive.list()).some((known) => known.race === race) ||
      (await leaderboards.boards.list()).some(({ id }) => id === race),
  });
}

export function openOnline(
  config: Config,
  parts: Parts & {
    readonly outbox: Outbox;
    readonly wake: () => void;
    readonly check: ModelCheck;
    readonly logger: Logger;
  },
): Online {
  const { store, visible, leaderboards, outbox, wake, check, logger } = parts;
  const races = openRaces(config, parts);
  const queue = queueOf(config, store);
  const blobs = new DatabaseBlobStore(store);
  const here = new Outbox(store, ['local']);
  const registrar = new Registrar({
    store,
    source: config.name,
    // What is by invitation goes to no other leaderboard: nobody there knows who may see it.
    enqueue: async (transaction, leaderboard, result, access) =>
      await (access === 'open' ? outbox : here).enqueue(transaction, leaderboard, result),
    wake,
    log: (message) => logger.warn(message),
  });
  const evaluators = evaluatorsOf(config, { store, queue, blobs, logger, onEnd: () => registrar.wake() });
  const entries = new Entries({
    store,
    races: visible,
    now: Date.now,
    racerOf: async (racer) => await unlessNone(leaderboards.racers.get(racer), { alias: racer }),
  });
  const submissions = new Submissions({
    store,
    visible,
    races,
    entries,
    queue,
    blobs,
    check,
    board: boardView(leaderboards),
    now: Date.now,
    changed: () => {
      for (const evaluator of evaluators) evaluator.wake();
      registrar.wake();
    },
  });
  return {
    visible,
    races,
    entries,
    submissions,
    evaluations: new Evaluations({ store, submissions, entries, blobs }),
    start: () => {
      blobs.forgetUnfinished(Date.now()).catch((error: unknown) => logger.warn(errorLine(error)));
      registrar.start();
      for (const evaluator of evaluators) evaluator.start();
    },
    stop: async () => {
      await Promise.all(evaluators.map((evaluator) => evaluator.stop()));
      await registrar.stop();
    },
  };
}

const boardView = (leaderboards: Leaderboards): BoardView => ({
  places: async (race, racers) => await unlessNone(leaderboards.ranks(race, 'virtual', racers), new Map()),
  fates: async (race, results) => await leaderboards.states(race, results),
});

async function unlessNone<T, E>(wanted: Promise<T>, otherwise: E): Promise<T | E> {
  try {
    return await wanted;
  } catch (error) {
    if (isPitwallError(error) && error.code === 'not-found') return otherwise;
    throw error;
  }
}
