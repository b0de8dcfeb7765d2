import { z } from 'zod';
import { EpochMs } from '../brand.js';
import { Language, Moment } from '../show/index.js';

/** A moment, when it was, and in words. `seq`: the record of the log that brought it. */
export const ToldMoment = z.object({
  seq: z.number().int().positive(),
  epoch: EpochMs,
  text: z.string(),
  moment: Moment,
});
export type ToldMoment = z.infer<typeof ToldMoment>;

/** GET /api/v1/races/{race}/moments?after=0&language=en, oldest first; `seq`: the version that they are of. */
export const MomentPage = z.object({
  seq: z.number().int().nonnegative(),
  language: Language,
  moments: z.array(ToldMoment),
});
export type MomentPage = z.infer<typeof MomentPage>;
