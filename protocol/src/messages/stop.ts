import { z } from 'zod';
import { CarId, EpochMs, Micros, RaceId } from '../brand.js';
import { SafetyState } from './car.js';

/**
 * `gates/{gate}/stop` and `staff/{name}/stop`: every car stops, now. Never retained; sent again until `stopped` names its
 * `stopId`. One `stopId` counts once, whatever becomes of the first answer.
 */
export const StopRequest = z.object({ stopId: z.string().min(1).max(64) });
export type StopRequest = z.infer<typeof StopRequest>;

/** What became of an e-stop at a car: `silent` is the car that is missing. */
export const StopAnswer = z.enum(['waiting', 'stopped', 'refused', 'silent']);
export type StopAnswer = z.infer<typeof StopAnswer>;

/** One car's part of a stop of all cars. */
export const StoppedCar = z.object({
  car: CarId,
  answer: StopAnswer,
  /** What it said, where it said more than that it stands. */
  message: z.string().nullable(),
  /** What it is now, as it said itself. */
  safety: SafetyState.nullable(),
  /** From the order to its answer, µs. */
  took: Micros.nullable(),
  /** As its presence says. */
  status: z.enum(['online', 'offline', 'lost', 'unknown']),
  /** How long ago anything was heard of it, µs; null where nothing was since the controller started. */
  heardAgo: Micros.nullable(),
});
export type StoppedCar = z.infer<typeof StoppedCar>;

/**
 * `gates/{gate}/stopped`, `staff/{name}/stopped`, and POST /api/v1/cars/stop: who stands, and who is missing. Over MQTT and
 * the WebSocket twice at least: when the orders are out (`waiting`), and when each car has answered or is `silent`.
 */
export const StopAll = z.object({
  stopId: z.string().min(1).max(64),
  by: z.string().min(1).max(100),
  at: EpochMs,
  /** By id. */
  cars: z.array(StoppedCar),
  /** Races whose run under way is paused by it. */
  paused: z.array(RaceId),
});
export type StopAll = z.infer<typeof StopAll>;
