import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { ModelCheck } from '../garage/index.js';
import type { Store } from '../store/index.js';
import {
  type Confinement,
  confine,
  DatabaseBlobStore,
  EvaluationQueue,
  Evaluator,
  type Limits,
} from '../submissions/index.js';
import { Tracks } from '../tracks/index.js';
import type { Config } from './config.js';

/** Submissions that wait for a worker. */
export const queueOf = ({ evaluation }: Config, store: Store): EvaluationQueue =>
  new EvaluationQueue(store, { leaseMs: Math.round(evaluation.lease * 1000), attempts: evaluation.attempts });

/** The workers of this process; none where the configuration wants none. */
export function evaluatorsOf(
  config: Config,
  parts: {
    readonly store: Store;
    readonly logger: Logger;
    readonly queue?: EvaluationQueue;
    readonly blobs?: DatabaseBlobStore;
    readonly onEnd?: () => void;
  },
): Evaluator[] {
  const { evaluation } = config;
  if (evaluation.workers === 0) return [];
  const { store, logger, queue = queueOf(config, store), blobs = new DatabaseBlobStore(store), onEnd } = parts;
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
        // A submission that is alone gets what the others leave of this machine's processors.
        processes: Math.max(1, Math.floor(availableParallelism() / evaluation.workers)),
        confinement,
        scratch: evaluation.scratch,
        queue,
        blobs,
        tracks: new Tracks(store),
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
export function agentOf({ evaluation }: Config): string[] {
  const beside = join(import.meta.dirname, '..', '..', '..', 'agent', 'bin', 'pitwall-agent.js');
  const agent = evaluation.agent ?? (existsSync(beside) ? beside : 'pitwall-agent');
  return agent.endsWith('.js') ? [process.execPath, agent] : [agent];
}
