import { z } from 'zod';
import { CarId, Micros, RaceId, RacerId, Sha256 } from '../brand.js';

/** A lap as everyone hears of it, after it is on disk. Repeated with the same number when it is corrected. */
export const LapMessage = z.object({
  race: RaceId,
  /** The race log's sequence number that this lap follows from. */
  seq: z.number().int().nonnegative(),
  runId: z.uuid(),
  racer: RacerId.nullable(),
  lap: z.number().int().positive(),
  time: Micros,
  uncertainty: Micros,
  valid: z.boolean(),
  car: CarId.nullable(),
  model: Sha256.nullable(),
});
export type LapMessage = z.infer<typeof LapMessage>;

/** Retained: the short version of a race for a screen, a light or a car. */
export const RaceStateMessage = z.object({
  race: RaceId,
  seq: z.number().int().nonnegative(),
  run: z.object({ runId: z.uuid(), racer: RacerId.nullable(), car: CarId.nullable(), phase: z.string() }).nullable(),
});
export type RaceStateMessage = z.infer<typeof RaceStateMessage>;
