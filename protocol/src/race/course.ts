import type { GateId } from '../brand.js';
import type { RaceSetup } from './events.js';

/** Where a race's gates stand. */
export type Gates = Pick<RaceSetup, 'gates' | 'finish' | 'splits'>;

/**
 * Where on the course something was seen: at the line that ends a lap and begins the next; at a start or a finish that are
 * apart; at a split, counted from 0. `either` is a crossing that a marshal added where start and finish are apart: whichever
 * the car was to pass next. `signal` is no crossing, but the start signal where the first lap is timed from it.
 */
export type Spot = 'line' | 'start' | 'finish' | 'either' | 'signal' | number;

export function spotOf({ finish, splits }: Gates, gate: GateId): Spot {
  const split = splits === undefined ? -1 : splits.indexOf(gate);
  if (split !== -1) return split;
  if (finish === undefined) return 'line';
  return finish.includes(gate) ? 'finish' : 'start';
}

/** Every gate that a race listens to. */
export const gatesOf = ({ gates, finish = [], splits = [] }: Gates): GateId[] => [...gates, ...finish, ...splits];

export const hasGate = ({ gates, finish, splits }: Gates, gate: GateId): boolean =>
  gates.includes(gate) || finish?.includes(gate) === true || splits?.includes(gate) === true;

/** A gate that is said to stand at two places of the course; undefined where each stands at one. */
export function gateAtTwoPlaces(setup: Gates): GateId | undefined {
  return gatesOf(setup).find((gate, index, all) => all.indexOf(gate) !== index);
}
