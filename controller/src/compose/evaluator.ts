import { mkdirSync } from 'node:fs';
import { PitwallError } from '@pitwall/protocol';
import { type Logger, pino } from 'pino';
import { openStore } from '../store/index.js';
import { type Config, databaseOf } from './config.js';
import { evaluatorsOf } from './evaluation.js';
import { allMigrations } from './migrations.js';
import type { Running, Say } from './running.js';

/** Workers alone: they need the database and nothing else. @throws PitwallError `config-invalid` without a worker. */
export async function startEvaluator(
  config: Config,
  say: Say,
  logger: Logger = pino({ level: config.log }, pino.destination(2)),
): Promise<Pick<Running, 'stop'>> {
  const { workers } = config.evaluation;
  if (workers === 0)
    throw new PitwallError('config-invalid', 'An evaluator with evaluation.workers 0 has nothing to do.');
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const store = await openStore(databaseOf(config), allMigrations);
  const evaluators = evaluatorsOf(config, { store, logger });
  for (const evaluator of evaluators) evaluator.start();
  say({
    type: 'ready',
    text: `Pitwall evaluates, ${workers === 1 ? 'one submission' : `${workers} submissions`} at a time`,
    pid: process.pid,
  });
  return {
    stop: async () => {
      await Promise.all(evaluators.map((evaluator) => evaluator.stop()));
      await store.close();
    },
  };
}
