import type { Micros } from '../brand.js';
import { type ActionSpace, actionLimits } from './action-space.js';

/** The most that a car does: degrees to either side, m/s forwards and backwards. */
export interface CarLimits {
  readonly steeringDeg: number;
  readonly speedMps: number;
}

/** A 1/18 DeepRacer's, as the cloud simulator cuts actions to them (deepracer-simapp: MAX_ANGLE, MAX_SPEED). */
export const carLimits: CarLimits = { steeringDeg: 30, speedMps: 4 };

/** What of an action a car does: wherever a virtual car is driven, it is driven by this. */
export function withinCar<Wanted extends CarLimits>(wanted: Wanted, limits: CarLimits = carLimits): Wanted {
  const cut = (value: number, limit: number) => Math.max(-limit, Math.min(limit, value));
  return {
    ...wanted,
    steeringDeg: cut(wanted.steeringDeg, limits.steeringDeg),
    speedMps: cut(wanted.speedMps, limits.speedMps),
  };
}

/** A lap may be so much shorter than the centre line: the fastest way round cuts its corners. */
export const ofLength = 0.9;

/**
 * No lap of a track takes less, µs: its length, m, at the car's top speed all the way. Cut to a hundredth of a second, as people
 * type it.
 */
export const shortestLap = (lengthM: number, { speedMps }: Pick<CarLimits, 'speedMps'> = carLimits): Micros =>
  (Math.floor(((ofLength * lengthM) / speedMps) * 100) * 10_000) as Micros;

/** What a model asks for that the car cannot do, a sentence each; nothing where it can do all. */
export function beyondCar(space: ActionSpace, limits: CarLimits = carLimits): string[] {
  const { steeringDeg, speedMps } = actionLimits(space);
  const said: string[] = [];
  if (steeringDeg > limits.steeringDeg)
    said.push(`It steers up to ${steeringDeg}°; a virtual car is steered no further than ${limits.steeringDeg}°.`);
  if (speedMps > limits.speedMps)
    said.push(`It asks for up to ${speedMps} m/s; a virtual car is asked for no more than ${limits.speedMps} m/s.`);
  return said;
}
