import type { CarId } from '@pitwall/protocol';
import { type LogRecord, mayGo, type RunState, startsCar } from '@pitwall/protocol/race';
import type { CarOrder } from '../ports.js';

export interface Order {
  readonly car: CarId;
  readonly order: CarOrder;
  readonly runId: string;
}

/**
 * What the car is to be told after its run changed: nothing, go, or stop. It is told to go only where a person started or resumed
 * the run in what was just written; nothing else that makes a run go moves a car.
 */
export function ordersAfter(
  before: RunState | undefined,
  after: RunState | undefined,
  records: readonly Pick<LogRecord, 'event'>[],
): Order[] {
  const goes = (run: RunState | undefined): run is RunState & { car: CarId } =>
    run !== undefined && run.car !== null && mayGo(run);
  const orders: Order[] = [];
  const same = before?.runId === after?.runId && before?.car === after?.car;
  // By an e-stop of just now the car stands already, and knows better why. Where an undo brings back the pause after an earlier one, it drives.
  const eStopped = records.some(({ event }) => event.type === 'paused' && event.by === 'e-stop');
  if (goes(before) && !(same && goes(after)) && !(eStopped && after?.pausedBy === 'e-stop'))
    orders.push({ car: before.car, order: 'stop', runId: before.runId });
  if (goes(after) && !(same && goes(before)) && records.some(({ event }) => startsCar(event)))
    orders.push({ car: after.car, order: 'start', runId: after.runId });
  return orders;
}

/** Events after which a car was told something. */
const turningPoints: ReadonlySet<string> = new Set([
  'run-started',
  'countdown-ended',
  'paused',
  'resumed',
  'did-not-finish',
  'technical-stop',
  'time-expired',
  'finished',
  'undone',
]);

/**
 * A stop that has to be repeated after a restart: the last order, where the car's answer to it is not in the log. An order to go is not
 * repeated: nobody may be looking any more.
 */
export function unansweredStop(
  records: readonly { readonly event: { readonly type: string } }[],
  run: RunState | undefined,
): Order | undefined {
  if (run?.car == null || run.startedAt === null || mayGo(run)) return undefined;
  for (let index = records.length - 1; index >= 0; index -= 1) {
    const type = records[index]?.event.type ?? '';
    if (type === 'car-answered') return undefined;
    if (turningPoints.has(type)) return { car: run.car, order: 'stop', runId: run.runId };
  }
  return undefined;
}
