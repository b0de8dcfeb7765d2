import { z } from 'zod';
import { Micros, RacerId } from '../brand.js';

const about = {
  /** The same moment is always called the same, however often the log is read. */
  id: z.string(),
  runId: z.uuid(),
  racer: RacerId,
  alias: z.string(),
};
const place = z.number().int().positive();

/** Something that a crowd wants to hear of; times in µs, places as if the run ended now. */
export const Moment = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('called'), ...about }),
  z.object({ kind: z.literal('started'), ...about }),
  /** Who drives after the run that has just begun. */
  z.object({ kind: z.literal('next'), ...about }),
  z.object({
    kind: z.literal('lap'),
    ...about,
    lap: place,
    time: Micros,
    /** The racer's first valid lap in this race. */
    first: z.boolean(),
    /** The best so far on the track, of the race, of the racer; null: none of these, or there was nothing to beat. */
    best: z.enum(['track', 'race', 'own']).nullable(),
    /** By how much; null with `best`. */
    by: Micros.nullable(),
  }),
  /** A lap that waits for the marshal's word. */
  z.object({ kind: z.literal('doubtful-lap'), ...about, lap: place }),
  z.object({ kind: z.literal('invalid-lap'), ...about, lap: place }),
  /** The fastest that anyone was in a sector in this race. `sector` from 1. */
  z.object({ kind: z.literal('sector'), ...about, sector: place, time: Micros, by: Micros }),
  z.object({ kind: z.literal('place'), ...about, place, score: Micros }),
  /** Little is missing to the next better place, and less than before. */
  z.object({ kind: z.literal('gap'), ...about, ahead: z.string(), gap: Micros }),
  z.object({ kind: z.literal('reset'), ...about }),
  z.object({ kind: z.literal('off-track'), ...about }),
  z.object({ kind: z.literal('stands'), ...about, by: z.enum(['red-flag', 'other']) }),
  z.object({ kind: z.literal('goes-on'), ...about }),
  z.object({ kind: z.literal('time-left'), ...about, seconds: place }),
  /** `laps`: valid ones. `place`: null without a score. */
  z.object({
    kind: z.literal('finished'),
    ...about,
    laps: z.number().int().nonnegative(),
    bestLap: Micros.nullable(),
    place: place.nullable(),
  }),
  z.object({
    kind: z.literal('confirmed'),
    ...about,
    score: Micros.nullable(),
    place: place.nullable(),
    of: z.number().int().nonnegative(),
  }),
  /** The race is official; `racer` has won it. */
  z.object({ kind: z.literal('won'), ...about, score: Micros }),
]);
export type Moment = z.infer<typeof Moment>;
export type MomentKind = Moment['kind'];
