import { z } from 'zod';
import { Alias } from '../alias.js';
import { CarId, EpochMs, GateId, LeaderboardId, Micros, RaceId, RacerId, Sha256, TrackId } from '../brand.js';
import { CountryCode, CountryLetters } from '../country.js';
import { Doubt } from '../race/index.js';
import { Admission, HoldReason } from '../ranking/index.js';
import { ImportKind } from './imports.js';

const lap = z.object({
  lap: z.number().int().positive(),
  time: Micros,
  /** µs that the rules add to the measured time. */
  penalty: Micros.default(0 as Micros),
  /** Of the time, µs; 0 for a simulator. */
  uncertainty: Micros,
  valid: z.boolean(),
  resets: z.number().int().nonnegative(),
  offTracks: z.number().int().nonnegative(),
  model: Sha256.nullable(),
  /** One of so many equal parts of laps between which a crossing was missed, and the number of the first: no best lap. */
  part: z.object({ first: z.number().int().positive(), of: z.number().int().min(2) }).optional(),
  /** No gate saw one of its ends. */
  byHand: z.literal(true).optional(),
  /** Typed from a stopwatch. */
  fromPaper: z.literal(true).optional(),
  /** What it was in doubt for, and who decided whether it counts. */
  decided: z.object({ doubt: Doubt, by: z.string().min(1).max(100) }).optional(),
  /** What the car's speed was multiplied with, percent; absent: 100. */
  speed: z.number().min(0).max(100).optional(),
  /** What the car's crew left of its throttle, percent; absent: 100, or nobody knows. */
  scale: z.number().min(0).max(100).optional(),
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
  /** Driven and timed elsewhere, and brought here by an organizer as a file: nothing here has seen it. */
  z.object({
    kind: z.literal('imported'),
    source: z.string().min(1).max(100),
    /** On a track, or in a simulator: the column in which it stands. */
    column: z.enum(['physical', 'virtual']),
    from: ImportKind,
    /** The file's. */
    file: Sha256,
    /** What the file calls it. */
    original: z.string().min(1).max(200).optional(),
    by: z.string().min(1).max(100),
  }),
]);

/** The column of a board in which a result stands. */
export const columnOf = ({ provenance }: Pick<Result, 'provenance'>): 'physical' | 'virtual' =>
  provenance.kind === 'imported' ? provenance.column : provenance.kind;

/** What a run or an evaluation gives the board. `resultId` names it for ever: sent twice it counts once. */
export const Result = z.object({
  resultId: z.uuid().toLowerCase(),
  /** Grows by one with each amendment by its source; the highest counts. */
  revision: z.number().int().positive().default(1),
  withdrawn: z.boolean().default(false),
  racer: RacerId,
  alias: z.string().min(1).max(64),
  country: CountryLetters.optional(),
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
  /** How its crossings were read: the version of the race's log; absent: 1. */
  reading: z.union([z.literal(1), z.literal(2)]).optional(),
  provenance,
});
export type Result = z.infer<typeof Result>;
export type ResultInput = z.input<typeof Result>;

/** A result as it is taken from a source. What is kept from before may have aliases and countries that no longer come in. */
export const IncomingResult = Result.extend({ alias: Alias, country: CountryCode.optional() });

/** A name of something that sends results: a controller, a track, an evaluation service. */
export const SourceName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be 1 to 100 letters, digits, dots, hyphens or underscores');
export type SourceName = z.infer<typeof SourceName>;

/** A leaderboard: what it takes, how it ranks, and who may write to it. */
export const Board = z.object({
  id: LeaderboardId,
  name: z.string().min(1).max(100),
  ...Admission.shape,
  /** Whether a result must be signed by its source; where optional, the sender's token speaks for it. */
  signatures: z.enum(['required', 'optional']).default('required'),
  /** Sources whose results are taken. */
  writers: z.array(SourceName).max(10_000).default([]),
  /** Also ranks physical and virtual results in one column. */
  combined: z.boolean().default(false),
  /** Whether results of racers count whose id was not issued here. */
  racers: z.enum(['any', 'issued']).default('any'),
});
export type Board = z.infer<typeof Board>;
export type BoardInput = z.input<typeof Board>;

/**
 * What became of a result. `held` waits for a person; `superseded` came after a higher revision and changes nothing;
 * `withdrawn` counts no longer.
 */
export const IngestOutcome = z.object({
  resultId: z.uuid(),
  outcome: z.enum(['accepted', 'duplicate', 'amended', 'held', 'superseded', 'withdrawn']),
  /** Why it is held. */
  reasons: z.array(HoldReason).optional(),
});
export type IngestOutcome = z.infer<typeof IngestOutcome>;

/** The answer to one line of a batch: what became of it, or why it was refused. `line` counts from 1. */
export const BatchLine = z.union([
  z.object({ line: z.number().int().positive(), ...IngestOutcome.shape }),
  z.object({
    line: z.number().int().positive(),
    error: z.object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()).optional() }),
  }),
]);
export type BatchLine = z.infer<typeof BatchLine>;

/** One racer's place. Ranks count from 1, for each kind on its own; a racer with no qualifying result has none. */
export const StandingsRow = z.object({
  rank: z.number().int().positive(),
  racer: RacerId,
  alias: z.string(),
  country: z.string().optional(),
  division: z.string().optional(),
  kind: z.enum(['physical', 'virtual']),
  /** What is ranked, µs. */
  score: Micros,
  bestLap: Micros,
  /** The score as every page, sheet and export shows it: whole milliseconds, cut off, as ranked: 11.520, 1:02.345. */
  scoreText: z.string(),
  /** The best lap likewise. */
  bestLapText: z.string(),
  /** How many laps the result has, invalid ones included. */
  laps: z.number().int().nonnegative(),
  uncertainty: Micros,
  resultId: z.uuid(),
  model: z.object({ hash: Sha256, name: z.string() }).nullable(),
  finishedAt: EpochMs,
  /** It was brought here as a file. */
  imported: z.literal(true).optional(),
  /** The racer’s own; of who chose none, pages make one of the alias. */
  colour: z.string().optional(),
  /** At `/racers/{racer}/picture/{picture}`. */
  picture: Sha256.optional(),
});
export type StandingsRow = z.infer<typeof StandingsRow>;

/** A racer with results of which none qualifies: listed apart, never ranked. */
export const UnrankedRow = z.object({
  racer: RacerId,
  alias: z.string(),
  country: z.string().optional(),
  kind: z.enum(['physical', 'virtual']),
});
export type UnrankedRow = z.infer<typeof UnrankedRow>;

/** One page of a board: physical and virtual results in two columns with a rank each. */
export const Standings = z.object({
  leaderboard: LeaderboardId,
  name: z.string(),
  /** In words: "best lap". */
  metric: z.string(),
  physical: z.array(StandingsRow),
  virtual: z.array(StandingsRow),
  unranked: z.array(UnrankedRow),
  /** Both kinds in one column, each racer by the better; where the board wants it. */
  combined: z.array(StandingsRow).optional(),
  /** Cursors of each column's next page; null at its end. */
  next: z.object({
    physical: z.string().nullable(),
    virtual: z.string().nullable(),
    combined: z.string().nullable().optional(),
    unranked: z.string().nullable(),
  }),
});
export type Standings = z.infer<typeof Standings>;

/** A racer's place in one column, with the rows just above and below. */
export const Place = z.object({
  column: z.enum(['physical', 'virtual', 'combined']),
  /** How many are ranked there. */
  of: z.number().int().nonnegative(),
  row: StandingsRow,
  above: z.array(StandingsRow),
  below: z.array(StandingsRow),
});
export type Place = z.infer<typeof Place>;

/** Who is on a board under a name that begins as was asked. */
export const RacersCalled = z.object({ racers: z.array(z.object({ racer: RacerId, alias: z.string() })) });
export type RacersCalled = z.infer<typeof RacersCalled>;

/** A racer's standing after a change. Null: it is ranked no more. */
export const BoardChange = z.object({
  seq: z.number().int().positive(),
  racer: RacerId,
  kind: z.enum(['physical', 'virtual']),
  row: StandingsRow.nullable(),
});
export type BoardChange = z.infer<typeof BoardChange>;

/** What changed since a cursor, each racer's latest state only. `next` is the cursor to go on from. */
export const BoardChanges = z.object({
  leaderboard: LeaderboardId,
  changes: z.array(BoardChange),
  next: z.number().int().nonnegative(),
  /** Whether there are more now. */
  more: z.boolean(),
});
export type BoardChanges = z.infer<typeof BoardChanges>;

export const ResultState = z.enum(['counted', 'held', 'rejected', 'withdrawn']);

/** A result as the board keeps it. */
export const KeptResult = z.object({
  result: Result,
  /** Whom it counts for. */
  racer: RacerId,
  state: ResultState,
  reasons: z.array(HoldReason),
  score: Micros.nullable(),
  receivedAt: EpochMs,
  /** Whether its source's signature is kept with it. */
  signed: z.boolean(),
});
export type KeptResult = z.infer<typeof KeptResult>;

/** A page of a board's results that wait for a person, the one that came first before the others. */
export const HeldResults = z.object({
  results: z.array(KeptResult),
  /** Cursor of the next page; null at the end. */
  next: z.string().nullable(),
});
export type HeldResults = z.infer<typeof HeldResults>;

/** Boards where results wait for a person, and how many. */
export const Waiting = z.object({
  /** Whether whoever asks may decide about them. */
  decides: z.boolean(),
  boards: z.array(z.object({ leaderboard: LeaderboardId, name: z.string(), results: z.number().int().positive() })),
});
export type Waiting = z.infer<typeof Waiting>;

/** What a result was before something was done to it. */
export const PastRevision = z.object({
  action: z.enum(['amended', 'withdrawn', 'superseded', 'approved', 'rejected', 'merged']),
  by: z.string(),
  at: EpochMs,
  racer: RacerId,
  state: ResultState,
  result: Result,
});
export type PastRevision = z.infer<typeof PastRevision>;

export const ErrorBody = z.object({
  error: z.object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()).optional() }),
});
export type ErrorBody = z.infer<typeof ErrorBody>;
