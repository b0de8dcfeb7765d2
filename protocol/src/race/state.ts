import { z } from 'zod';
import { BootId, CarId, EpochMs, GateId, Micros, RaceId, RacerId, Sha256 } from '../brand.js';
import { Entry, RaceSetup, ReadyCheck, SpeedPercent, Stamp } from './events.js';

export const RunPhase = z.enum(['called', 'staged', 'ready', 'running', 'paused', 'over', 'confirmed', 'discarded']);
export type RunPhase = z.infer<typeof RunPhase>;

/**
 * Why a lap wants a look. `interrupted`: the controller restarted its clock in it. `unmeasured`: nothing bounds its time.
 * `missed-crossing`: so long that the gate may have missed the car once. `split`: a part of a lap between whose ends a crossing
 * was missed. `from-paper`: typed from a stopwatch. `by-hand`: no gate saw one of its ends. `warm-up`: before the laps that count.
 */
export const LapMark = z.enum([
  'too-short',
  'too-long',
  'too-many-resets',
  'too-uncertain',
  'paused',
  'interrupted',
  'unmeasured',
  'edited',
  'missed-crossing',
  'split',
  'from-paper',
  'by-hand',
  'warm-up',
]);
export type LapMark = z.infer<typeof LapMark>;

/**
 * Why two readings of a lap's crossings are possible. `short`: a crossing soon after its boundary would fit better than the
 * boundary. `opening`: the lap may have begun at an earlier crossing. `half-lap`: it and a neighbour make one usual lap.
 * `too-fast`: much faster than what this run's other laps are, or than the race's fastest where there are none. `carried`: faster than the best
 * clean lap, and somebody had the car in their hands. `pause`: the car rolled over the line after its run was paused.
 * `jump-start`: the car crossed the line during the countdown.
 */
export const Doubt = z.enum(['short', 'opening', 'half-lap', 'too-fast', 'carried', 'pause', 'jump-start']);
export type Doubt = z.infer<typeof Doubt>;

/** From one gate to the next of a lap. The two have different clocks, so that the bounds of both alignments are in `uncertainty`. */
export const Sector = z.object({
  /** Without the pauses in it, µs. Null: one of its ends was not seen (yet), or they have no clock in common. */
  time: Micros.nullable(),
  /** ± of `time`, µs. */
  uncertainty: Micros,
});
export type Sector = z.infer<typeof Sector>;

export const Lap = z.object({
  /** From 1 within the run, in the order they ended. */
  lap: z.number().int().positive(),
  /** `crossing`: finished. Anything else gave it up, and it has no time. */
  ended: z.enum(['crossing', 'did-not-finish', 'technical-stop', 'reset']),
  /** The log's sequence number of the crossing that closed it: what `lap-edited` names. Null where none did. */
  crossing: z.number().int().positive().nullable(),
  /** The log's sequence number of the crossing that began it; null where it is timed from the signal. */
  opening: z.number().int().positive().nullable(),
  /** Measured plus penalty, µs. Null: not finished, or the two crossings have no clock in common. */
  time: Micros.nullable(),
  measured: Micros.nullable(),
  penalty: Micros,
  /** ± of `measured`, µs. */
  uncertainty: Micros,
  valid: z.boolean(),
  marks: z.array(LapMark),
  resets: z.number().int().nonnegative(),
  offTracks: z.number().int().nonnegative(),
  collisions: z.number().int().nonnegative(),
  /** One more than the course has splits; none where it has no split. */
  sectors: z.array(Sector),
  car: CarId.nullable(),
  model: Sha256.nullable(),
  /** What its car's speed was multiplied with when it ended, percent. */
  speed: SpeedPercent,
  /** What the car's crew left of its throttle when it ended, percent, as the car said; absent: nobody knows. */
  scale: SpeedPercent.optional(),
  /** One of so many equal parts of a lap in which crossings were missed, and the number of the first of them. */
  part: z.object({ first: z.number().int().positive(), of: z.number().int().min(2) }).nullable(),
  /** Null: there is one reading of it, or somebody decided. A lap in doubt does not count. */
  doubt: Doubt.nullable(),
  /** The crossings that *the other reading* (J) would take for its boundaries or not; empty where there is no other one. */
  other: z.array(z.object({ crossing: z.number().int().positive(), as: z.enum(['boundary', 'none']) })),
  /** What it was in doubt for, and who decided. */
  decided: z.object({ doubt: Doubt, by: z.string() }).nullable(),
});
export type Lap = z.infer<typeof Lap>;

/**
 * What became of a crossing. Only `opens` and `closes` count laps, `split` ends a sector; none is ever dropped.
 * `out-of-order`: at a split without a lap, or behind one that the lap has passed. `short`: too soon after a boundary.
 * `early`: a later one opened the lap. `leaves-the-box`: the first after the signal, too soon to have driven a lap.
 * `not-driven`: the car was not driving. `jump-start`: during the countdown. `no-boundary`: somebody said so.
 */
export const CrossingUse = z.enum([
  'opens',
  'closes',
  'short',
  'early',
  'leaves-the-box',
  'not-driven',
  'jump-start',
  'no-boundary',
  'split',
  'out-of-order',
  'same-passage',
  'before-start',
  'while-paused',
  'after-end',
  'ignored',
  'late',
]);
export type CrossingUse = z.infer<typeof CrossingUse>;

export const RunCrossing = z.object({
  /** The log's sequence number: what `crossing-ignored` names. */
  seq: z.number().int().positive(),
  gate: GateId.nullable(),
  at: Stamp,
  uncertainty: Micros,
  added: z.boolean(),
  use: CrossingUse,
});
export type RunCrossing = z.infer<typeof RunCrossing>;

export const RunState = z.object({
  runId: z.uuid(),
  kind: z.enum(['timed', 'practice']),
  racer: RacerId.nullable(),
  stage: z.enum(['qualifying', 'final']),
  heat: z.object({ round: z.number().int(), heat: z.number().int() }).nullable(),
  /** Counts as one of the racer's attempts. */
  counts: z.boolean(),
  phase: RunPhase,
  car: CarId.nullable(),
  model: Sha256.nullable(),
  /** Car and model are what the racer says; nothing checked them. */
  declared: z.boolean(),
  /** What the car's speed is multiplied with, in percent; each run begins with 100, or the rules' most. */
  speed: SpeedPercent,
  /** What the car's crew leaves of its throttle, percent, as the car says; absent: nobody knows. */
  scale: SpeedPercent.optional(),
  interlock: z
    .object({ checks: z.array(ReadyCheck), overruled: z.string().nullable(), accepted: z.array(z.string()) })
    .nullable(),
  /** While a countdown runs: when it ends. */
  countdown: Stamp.nullable(),
  /** The car may go, and its first crossing starts the clock. */
  rolling: z.boolean(),
  startedAt: Stamp.nullable(),
  /** The run's clock: `elapsed` plus, where `since` is not null, the time since then in the controller's clock. */
  clock: z.object({ elapsed: Micros, since: Stamp.nullable() }),
  limit: Micros.nullable(),
  /** When the clock will reach the limit if nothing else happens. */
  deadline: Stamp.nullable(),
  /** Time is up and the lap under way may finish. */
  lastLap: z.boolean(),
  /** `correction`: a correction of the log would have made it go again; a person resumes it. */
  pausedBy: z.enum(['marshal', 'red-flag', 'e-stop', 'technical-stop', 'did-not-finish', 'correction']).nullable(),
  overBy: z.enum(['finish', 'time', 'laps']).nullable(),
  /** When it was over; null while it is not. */
  overAt: Stamp.nullable(),
  /** Null before the first crossing, after the end, and after a lap was given up until the line is crossed again. */
  underWay: z
    .object({
      lap: z.number().int().positive(),
      since: Stamp,
      /** Time since then during which the run was paused, µs; null where nobody can know. Not the pause that lasts. */
      paused: Micros.nullable(),
      /** When the pause that lasts began. */
      pausedAt: Stamp.nullable(),
      resets: z.number().int(),
      offTracks: z.number().int(),
      collisions: z.number().int(),
      /** As of a lap; those to come have no time. */
      sectors: z.array(Sector),
    })
    .nullable(),
  laps: z.array(Lap),
  crossings: z.array(RunCrossing),
  bestLap: Micros.nullable(),
  /** By the race's ranking rule; null where it does not qualify. */
  score: Micros.nullable(),
  uncertainty: Micros,
  /** Its laps were typed from a stopwatch; what gates saw is shown and times nothing. */
  fromPaper: z.boolean(),
  /** Results sent for this run so far; the run's id is the result's. */
  revision: z.number().int().nonnegative(),
  withdrawn: z.boolean(),
  confirmedAt: EpochMs.nullable(),
  interrupted: z.boolean(),
  /** What the car last said to the desk, and the sequence number of that record. */
  carAnswer: z
    .object({
      seq: z.number().int().positive(),
      car: CarId,
      command: z.string(),
      outcome: z.string(),
      safety: z.string().nullable(),
      message: z.string().nullable(),
    })
    .nullable(),
});
export type RunState = z.infer<typeof RunState>;

export const RaceStanding = z.object({
  /** From 1; null without a qualifying score. */
  rank: z.number().int().positive().nullable(),
  racer: RacerId,
  alias: z.string(),
  score: Micros.nullable(),
  bestLap: Micros.nullable(),
  uncertainty: Micros,
  /** The next in rank could as well be before this one: the measurements overlap. Changes no place. */
  overlaps: z.boolean(),
  runId: z.uuid().nullable(),
  attempts: z.number().int().nonnegative(),
});
export type RaceStanding = z.infer<typeof RaceStanding>;

export const Heat = z.object({
  round: z.number().int().nonnegative(),
  heat: z.number().int().nonnegative(),
  /** Null: not known yet, or a bye. */
  racers: z.tuple([RacerId.nullable(), RacerId.nullable()]),
  winner: RacerId.nullable(),
});
export type Heat = z.infer<typeof Heat>;

export const Protest = z.object({
  protestId: z.uuid(),
  runId: z.uuid(),
  by: z.string(),
  text: z.string(),
  decideBy: EpochMs,
  outcome: z.enum(['open', 'upheld', 'rejected', 'expired']),
  reason: z.string().nullable(),
});
export type Protest = z.infer<typeof Protest>;

/** All that follows from a race's log. */
export const RaceState = z.object({
  race: RaceId,
  /** How its crossings are read: the version of the rules of reading that it was created with. */
  logVersion: z.union([z.literal(1), z.literal(2)]),
  /** The version: the last record's sequence number. */
  seq: z.number().int().nonnegative(),
  phase: z.enum(['draft', 'open', 'closed', 'official']),
  setup: RaceSetup,
  rulesHash: Sha256.nullable(),
  bootId: BootId,
  entries: z.array(Entry),
  /** Nobody enters any more, and nobody changes models. */
  entriesClosed: z.boolean(),
  queue: z.array(
    z.object({
      racer: RacerId,
      /** Expected wait until called, µs; null before any run has ended. */ wait: Micros.nullable(),
    }),
  ),
  /** Who is here since the last roll call; null before the first one. */
  here: z.array(RacerId).nullable(),
  runs: z.array(RunState),
  /** The run that has the track: from called until confirmed or discarded. */
  current: z.uuid().nullable(),
  standings: z.array(RaceStanding),
  finals: z.object({ seeds: z.array(RacerId), heats: z.array(Heat), standings: z.array(RaceStanding) }).nullable(),
  protests: z.array(Protest),
  protestsUntil: EpochMs.nullable(),
  protestTimeEnded: z.boolean(),
  eStopTests: z.array(z.object({ car: CarId, day: z.iso.date() })),
  /** Sequence numbers that count as if they had never been. */
  undone: z.array(z.number().int().positive()),
});
export type RaceState = z.infer<typeof RaceState>;
