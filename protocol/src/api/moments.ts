import { z } from 'zod';
import { EpochMs, Micros, RaceId } from '../brand.js';
import { Language, Moment } from '../show/index.js';

/** A moment, when it was, and in words. `seq`: the record of the log that brought it. */
export const ToldMoment = z.object({
  seq: z.number().int().positive(),
  epoch: EpochMs,
  text: z.string(),
  moment: Moment,
});
export type ToldMoment = z.infer<typeof ToldMoment>;

/** The best lap that counts and that was confirmed on a track before a race opened. */
export const TrackRecord = z.object({ time: Micros, alias: z.string(), race: RaceId });
export type TrackRecord = z.infer<typeof TrackRecord>;

/** GET /api/v1/races/{race}/moments?after=0&language=en, oldest first; `seq`: the version that they are of. */
export const MomentPage = z.object({
  seq: z.number().int().nonnegative(),
  language: Language,
  /** Against which laps are a record of the track; null: nobody drove on it before. */
  record: TrackRecord.nullable(),
  moments: z.array(ToldMoment),
});
export type MomentPage = z.infer<typeof MomentPage>;
