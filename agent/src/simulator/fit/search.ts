import type { SimtraceRow } from '@pitwall/protocol/simtrace';
import { type PhysicsConstants, positionErrors, quantile, Random } from '../index.js';

/** A log with its share of the rows that the search looks at. */
type Log = readonly SimtraceRow[];

/** What no source tells. */
const fitted = ['gripAlongMps2', 'gripAcrossMps2', 'slipAlongMps', 'slipAcrossMps'] as const;

/** What is made small: the mean over logs of median + 0.4 · 90th percentile of the distance after one second, in metres. */
export function lossOf(logs: readonly Log[], constants: PhysicsConstants): number {
  let sum = 0;
  for (const log of logs) {
    const errors = positionErrors(log, constants);
    sum += quantile(errors, 0.5) + 0.4 * quantile(errors, 0.9);
  }
  return sum / logs.length;
}

/**
 * Finds constants by going up and down along one at a time, with steps that grow where they help and shrink where they do
 * not. `onRound` hears of every round. Deterministic.
 */
export function search(
  logs: readonly Log[],
  start: PhysicsConstants,
  rounds: number,
  onRound: (round: number, loss: number) => void,
): PhysicsConstants {
  const random = new Random(1);
  const steps = new Map(fitted.map((name) => [name, 0.15 * start[name]]));
  let best = start;
  let loss = lossOf(logs, best);
  for (let round = 1; round <= rounds; round++) {
    for (const name of [...fitted].sort(() => random.next() - 0.5)) {
      const step = steps.get(name) as number;
      let helped = false;
      for (const change of [step, -step]) {
        const tried = { ...best, [name]: best[name] + change };
        if (tried[name] <= 0) continue;
        const triedLoss = lossOf(logs, tried);
        if (triedLoss < loss) {
          [best, loss, helped] = [tried, triedLoss, true];
          break;
        }
      }
      steps.set(name, step * (helped ? 1.3 : 0.5));
    }
    onRound(round, loss);
  }
  return best;
}
