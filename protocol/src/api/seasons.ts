import { z } from 'zod';
import { LeaderboardId, RacerId } from '../brand.js';

/** Points across races: each race is one column of one board. */
export const Season = z.object({
  id: LeaderboardId,
  name: z.string().min(1).max(100),
  races: z
    .array(
      z.object({
        leaderboard: LeaderboardId,
        column: z.enum(['physical', 'virtual', 'combined']).default('physical'),
        country: z.string().max(2).optional(),
        division: z.string().max(40).optional(),
      }),
    )
    .min(1)
    .max(200),
  /** Of the first place, the second… */
  points: z.array(z.number().int().nonnegative()).min(1).max(500),
  /** Only so many of a racer's races count; null counts all. */
  bestOf: z.number().int().positive().nullable().default(null),
});
export type Season = z.infer<typeof Season>;

export const SeasonStandings = z.object({
  season: LeaderboardId,
  name: z.string(),
  /** None for an event that gives none: nobody has a row then. */
  points: z.array(z.number().int().nonnegative()).max(500),
  bestOf: Season.shape.bestOf,
  /** The season's races in order, each with its board's name. */
  races: z.array(Season.shape.races.element.extend({ name: z.string() })),
  rows: z.array(
    z.object({
      rank: z.number().int().positive(),
      racer: RacerId,
      alias: z.string(),
      points: z.number().int(),
      races: z.array(
        z.object({
          /** Which of the season's races, from 0. */
          race: z.number().int().nonnegative(),
          leaderboard: LeaderboardId,
          place: z.number().int().positive(),
          points: z.number().int(),
          counts: z.boolean(),
        }),
      ),
    }),
  ),
});
export type SeasonStandings = z.infer<typeof SeasonStandings>;
