import type { CarId } from '@pitwall/protocol';
import {
  type LogRecord,
  mayGo,
  type RaceEvent,
  type RaceReplay,
  type RunState,
  startsCar,
} from '@pitwall/protocol/race';
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

/**
 * A stop that is said again after a restart: to the car that a person let go last, where its run lets it go no more, whatever ended
 * or paused that (a crossing does so too), and no answer of the car to a stop is in the log. An order to go is not repeated:
 * nobody may be looking any more.
 */
export function unansweredStop(replay: RaceReplay): Order | undefined {
  const records = replay.tail;
  let runId: string | undefined;
  for (let index = records.length - 1; index >= 0; index -= 1) {
    const { event } = records[index] as LogRecord;
    if (runId === undefined) {
      if (isStopped(event)) return undefined;
      if (!startsCar(event) || !('runId' in event)) continue;
      runId = event.runId as string;
      const run = replay.run(runId);
      if (run === undefined || (mayGo(run) && replay.current?.runId === runId)) return undefined;
    }
    if (!('runId' in event) || event.runId !== runId) continue;
    // Where a technical stop names no car, the run went on with the one that it had.
    if ((event.type === 'run-staged' || event.type === 'technical-stop') && event.car !== null)
      return { car: event.car, order: 'stop', runId };
  }
  return undefined;
}

const isStopped = (event: RaceEvent): boolean =>
  event.type === 'car-answered' && event.outcome === 'done' && (event.command === 'stop' || event.command === 'e-stop');
