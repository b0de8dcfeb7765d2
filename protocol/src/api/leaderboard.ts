import { z } from 'zod';
import { CarId, EpochMs, GateId, LeaderboardId, Micros, RaceId, RacerId, Sha256, TrackId } from '../brand.js';

const lap = z.object({
  lap: z.number().int().positive(),
  time: Micros,
  /** Of the time, µs; 0 for a simulator. */
  uncertainty: Micros,
  valid: z.boolean(),
  resets: z.number().int().nonnegative(),
  offTracks: z.number().int().nonnegative(),
  model: Sha256.nullable(),
});

/** Where a result comes from, so that anyone can judge it. */
const provenance = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('physical'),
    /** The controller that timed it. */
    source: z.string().min(1).max(100),
    race: RaceId,
    gates: z.array(z.object({ gate: GateId, uncertainty: Micros })).min(1),
    car: CarId.nullable(),
  }),
  z.object({
    kind: z.literal('virtual'),
    source: z.string().min(1).max(100),
    race: RaceId.optional(),
    simulatorVersion: z.string().min(1),
    seed: z.number().int().nonnegative(),
    checkpoint: z.string().min(1).max(200),
  }),
]);

/** What a run or an evaluation gives the board. `resultId` names it for ever: sent twice it counts once. */
export const Result = z.object({
  resultId: z.uuid(),
  /** Grows by one with each amendment by its source; the highest counts. */
  revision: z.number().int().positive().default(1),
  withdrawn: z.boolean().default(false),
  racer: RacerId,
  alias: z.string().min(1).max(64),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be a country code of two capital letters')
    .optional(),
  division: z.string().min(1).max(40).optional(),
  finishedAt: EpochMs,
  track: z.object({
    id: TrackId,
    version: z.number().int().positive(),
    direction: z.enum(['clockwise', 'counter-clockwise']),
  }),
  rules: z.object({ hash: Sha256, name: z.string().min(1).max(100) }),
  model: z.object({ hash: Sha256, name: z.string().min(1).max(200) }).nullable(),
  laps: z.array(lap).max(1000),
  provenance,
});
export type Result = z.infer<typeof Result>;
export type ResultInput = z.input<typeof Result>;

export const IngestOutcome = z.object({
  resultId: z.uuid(),
  outcome: z.enum(['accepted', 'duplicate', 'amended', 'held']),
});
export type IngestOutcome = z.infer<typeof IngestOutcome>;

/** One racer's place. Ranks count from 1, for each kind on its own; a racer with no qualifying result has none. */
export const StandingsRow = z.object({
  rank: z.number().int().positive(),
  racer: RacerId,
  alias: z.string(),
  country: z.string().optional(),
  kind: z.enum(['physical', 'virtual']),
  /** What is ranked, µs. */
  score: Micros,
  bestLap: Micros,
  laps: z.number().int().nonnegative(),
  uncertainty: Micros,
  resultId: z.uuid(),
  model: z.object({ hash: Sha256, name: z.string() }).nullable(),
  finishedAt: EpochMs,
});
export type StandingsRow = z.infer<typeof StandingsRow>;

export const Standings = z.object({
  leaderboard: LeaderboardId,
  name: z.string(),
  metric: z.string(),
  physical: z.array(StandingsRow),
  virtual: z.array(StandingsRow),
});
export type Standings = z.infer<typeof Standings>;

export const ErrorBody = z.object({
  error: z.object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()).optional() }),
});
export type ErrorBody = z.infer<typeof ErrorBody>;
