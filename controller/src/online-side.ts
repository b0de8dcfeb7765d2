import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { errorLine, isPitwallError } from '@pitwall/protocol';
import type { Logger } from 'pino';
import type { Config } from './config.js';
import { Entries, OnlineRaces, VisibleRaces } from './events/index.js';
import { Outbox } from './forwarding/index.js';
import { ModelCheck } from './garage/index.js';
import type { OnlineSources } from './http/index.js';
import type { Leaderboards } from './leaderboard/index.js';
import { RaceArchive } from './race/index.js';
import type { Store } from './store/index.js';
import {
  Blobs,
  type BoardView,
  type Confinement,
  confine,
  EvaluationQueue,
  Evaluations,
  Evaluator,
  type Limits,
  Registrar,
  Submissions,
} from './submissions/index.js';

/** Online races, the submissions to them, and the workers of this process that evaluate them. */
export interface Online extends OnlineSources {
  start(): void;
  stop(): Promise<void>;
}

interface Parts {
  readonly store: Store;
  readonly leaderboards: Leaderboards;
  readonly visible: VisibleRaces;
}

export const openVisible = (config: Config, store: Store): VisibleRaces =>
  new VisibleRaces({ store, now: Date.now, source: config.name });

function openRaces(config: Config, { store, leaderboards, visible }: Parts): OnlineRaces {
  const archive = new RaceArchive(store);
  return new OnlineRaces({
    store,
    now: Date.now,
    source: config.name,
    visible,
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
  const blobs = new Blobs(store);
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

const queueOf = ({ evaluation }: Config, store: Store): EvaluationQueue =>
  new EvaluationQueue(store, { leaseMs: Math.round(evaluation.lease * 1000), attempts: evaluation.attempts });

/** The workers of this process; none where the configuration wants none. */
export function evaluatorsOf(
  config: Config,
  parts: {
    readonly store: Store;
    readonly logger: Logger;
    readonly queue?: EvaluationQueue;
    readonly blobs?: Blobs;
    readonly onEnd?: () => void;
  },
): Evaluator[] {
  const { evaluation } = config;
  if (evaluation.workers === 0) return [];
  const { store, logger, queue = queueOf(config, store), blobs = new Blobs(store), onEnd } = parts;
  const limits = limitsOf(config);
  let known: Confinement | undefined;
  const confinement = () => {
    if (known !== undefined) return known;
    known = confine(limits);
    if (known.missing.length > 0)
      logger.warn(`evaluations run without limits on: ${known.missing.join(', ')} (not permitted on this machine)`);
    return known;
  };
  return Array.from(
    { length: evaluation.workers },
    () =>
      new Evaluator({
        agent: agentOf(config),
        limits,
        confinement,
        scratch: evaluation.scratch,
        queue,
        blobs,
        ...(onEnd === undefined ? {} : { onEnd }),
        log: (message) => logger.warn(message),
      }),
  );
}

const limitsOf = ({ evaluation }: Config): Limits => ({
  timeMs: evaluation.limit * 1000,
  memory: evaluation.memory * 2 ** 20,
  file: largestFile,
});

/** What looks at models at every door of this controller. */
export function modelCheckOf(config: Config, logger: Logger): ModelCheck {
  let known: Confinement | undefined;
  return new ModelCheck({
    agent: agentOf(config),
    confinement: () => (known ??= confine(limitsOf(config))),
    scratch: config.evaluation.scratch,
    log: (message) => logger.warn(message),
  });
}

/** An archive has 256 MB at most; what an evaluation writes is less. */
const largestFile = 300 * 2 ** 20;

/** The one that came with this controller, or whatever is called so on this machine. */
function agentOf({ evaluation }: Config): string[] {
  const beside = join(import.meta.dirname, '..', '..', 'agent', 'bin', 'pitwall-agent.js');
  const agent = evaluation.agent ?? (existsSync(beside) ? beside : 'pitwall-agent');
  return agent.endsWith('.js') ? [process.execPath, agent] : [agent];
}

const boardView = (leaderboards: Leaderboards): BoardView => ({
  place: async (race, racer) => {
    const places = await unlessNone(leaderboards.places(race, racer, 0), []);
    const place = places.find(({ column }) => column === 'virtual');
    return place === undefined ? undefined : { rank: place.row.rank, of: place.of, resultId: place.row.resultId };
  },
  fate: async (race, resultId) => {
    const result = await unlessNone(leaderboards.result(race, resultId), undefined);
    return result?.current.state;
  },
});

async function unlessNone<T, E>(wanted: Promise<T>, otherwise: E): Promise<T | E> {
  try {
    return await wanted;
  } catch (error) {
    if (isPitwallError(error) && error.code === 'not-found') return otherwise;
    throw error;
  }
}
