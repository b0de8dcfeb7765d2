import { z } from 'zod';
import { EpochMs, EventId, LeaderboardId, Micros, RacerId, Sha256 } from '../brand.js';
import { CountryLetters } from '../country.js';
import { Result } from './leaderboard.js';

const kind = z.enum(['physical', 'virtual']);
const track = Result.shape.track;
/** What a result stands on, by id and name. */
const board = { leaderboard: LeaderboardId, name: z.string() };

/** A racer across all boards that everybody may see. */
export const RacerProfile = z.object({
  racer: RacerId,
  alias: z.string(),
  country: CountryLetters.optional(),
  colour: z.string().optional(),
  /** At `/racers/{racer}/picture/{picture}`. */
  picture: Sha256.optional(),
  /** How many count. */
  results: z.number().int(),
  /** The fastest lap on each track, the track driven most first; a hundred at most. */
  bests: z.array(
    z.object({ track, trackName: z.string(), kind, bestLap: Micros, results: z.number().int().positive() }),
  ),
});
export type RacerProfile = z.infer<typeof RacerProfile>;

/** One of a racer's results that count, wherever it was driven. */
export const PastResult = z.object({
  ...board,
  /** The event that its race or its board belongs to; null where that is none, or one that no list shows. */
  event: z.object({ event: EventId, name: z.string() }).nullable(),
  resultId: z.uuid(),
  kind,
  track,
  trackName: z.string(),
  /** µs; null where it does not qualify. */
  score: Micros.nullable(),
  bestLap: Micros.nullable(),
  model: z.string().nullable(),
  imported: z.literal(true).optional(),
  finishedAt: EpochMs,
});
export type PastResult = z.infer<typeof PastResult>;

/** The latest first; `next` is the cursor of those before, null where there are none. */
export const RacerResults = z.object({ results: z.array(PastResult), next: z.string().nullable() });
export type RacerResults = z.infer<typeof RacerResults>;

/** The fastest lap of a track, one for each direction, and for track and simulator. */
export const LapRecord = z.object({
  ...board,
  track,
  trackName: z.string(),
  kind,
  racer: RacerId,
  alias: z.string(),
  country: CountryLetters.optional(),
  lap: Micros,
  /** m/s along the centre line; null where the track’s length is not known here. */
  speed: z.number().nullable(),
  resultId: z.uuid(),
  model: z.string().nullable(),
  imported: z.literal(true).optional(),
  finishedAt: EpochMs,
});
export type LapRecord = z.infer<typeof LapRecord>;

/** Across all boards that everybody may see. */
export const Statistics = z.object({
  /** Who stands on a board. */
  racers: z.number().int(),
  /** By track; 500 at most. */
  records: z.array(LapRecord),
  /** The country with most racers first; null: racers who name none. */
  countries: z.array(z.object({ country: CountryLetters.nullable(), racers: z.number().int().positive() })),
  /** Models by their name without what counts them; those of most racers first, a hundred at most. */
  families: z.array(
    z.object({
      family: z.string(),
      racers: z.number().int().positive(),
      models: z.number().int().positive(),
      /** How many of `records` they hold. */
      records: z.number().int(),
    }),
  ),
});
export type Statistics = z.infer<typeof Statistics>;
