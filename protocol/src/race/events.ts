import { z } from 'zod';
import { BootId, CarId, EpochMs, GateId, LeaderboardId, Micros, RaceId, RacerId, Sha256, TrackId } from '../brand.js';
import { RaceRules } from './rules.js';

/** A moment in the controller's monotonic clock. Two are subtracted only within one bootId. */
export const Stamp = z.object({ bootId: BootId, at: Micros });
export type Stamp = z.infer<typeof Stamp>;

const RunId = z.uuid();
/** What the car's speed is multiplied with, after what its crew set. */
export const SpeedPercent = z.number().min(0).max(100);
const reason = z.string().min(1).max(500);

/** What a race is, as long as it is a draft. Its rules are frozen by `opened`. */
export const RaceSetup = z.object({
  name: z.string().min(1).max(100),
  track: z.object({ id: TrackId, version: z.number().int().positive() }),
  /** The gates at the start line; several there see one passage each. */
  gates: z.array(GateId).min(1).max(8),
  /** Gates where a lap ends, where that is apart from where it begins: `gates` begin a lap then, and end none. */
  finish: z.array(GateId).min(1).max(8).optional(),
  /** Gates along the lap in driving order, one at each place. They end its sectors, and count no lap. */
  splits: z.array(GateId).min(1).max(8).optional(),
  /**
   * `agent`: cars that Pitwall drives, with interlock. `any`: car and model are what the racer declares. `simulated`: one car on
   * the virtual track, in real time, which the controller itself puts there.
   */
  car: z.enum(['agent', 'any', 'simulated']).default('agent'),
  /** Where confirmed results go; null keeps them here. */
  leaderboard: LeaderboardId.nullable().default(null),
  rules: RaceRules,
});
export type RaceSetup = z.infer<typeof RaceSetup>;

export const Entry = z.object({
  racer: RacerId,
  alias: z.string().min(1).max(64),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be a country code of two capital letters')
    .optional(),
  division: z.string().min(1).max(40).optional(),
  car: CarId.nullable().default(null),
  /** The models that this racer may drive with. */
  models: z.array(z.object({ hash: Sha256, name: z.string().min(1).max(200) })).max(50),
});
export type Entry = z.infer<typeof Entry>;

/** A crossing as the gate saw it, in the gate's own clock; (gate, bootId, seq) is its identity. */
export const SeenCrossing = z.object({
  gate: GateId,
  bootId: BootId,
  seq: z.number().int().nonnegative(),
  at: Micros,
  uncertainty: Micros,
  strength: z.number().optional(),
  transponder: z.string().min(1).max(64).optional(),
});
export type SeenCrossing = z.infer<typeof SeenCrossing>;

export const ReadyCheck = z.object({
  check: z.enum(['car-online', 'model-entered', 'car-armable', 'gate-healthy', 'e-stop-tested', 'gate-free']),
  ok: z.boolean(),
  /** Not a refusal: somebody has to accept it. */
  level: z.literal('warning').optional(),
  detail: z.string().max(300),
});
export type ReadyCheck = z.infer<typeof ReadyCheck>;

/** How a race is timed, apart from its rules: may change for runs to come, also in an open race. */
export const Timing = z.object({
  gates: RaceSetup.shape.gates,
  finish: RaceSetup.shape.finish,
  splits: RaceSetup.shape.splits,
  plausible: RaceRules.shape.plausible,
  holdoff: RaceRules.shape.holdoff,
});
export type Timing = z.infer<typeof Timing>;

/** A lap as read from a stopwatch. */
const PaperLap = z.object({
  /** µs, as shown by the watch. */
  time: Micros.min(1).max(3_600_000_000),
  /** ± of `time`, µs. */
  uncertainty: Micros.min(1).max(60_000_000),
});

/** How crossings are read by a race that is created now; a log that does not say is read as version 1. */
export const logVersion = 2;

const setup = [
  z.object({ type: z.literal('created'), setup: RaceSetup, logVersion: z.literal(2).optional() }),
  z.object({ type: z.literal('changed'), setup: RaceSetup }),
  /** Racing may begin; from here on the rules stand. */
  z.object({ type: z.literal('opened'), rules: RaceRules, rulesHash: Sha256 }),
  /** Of runs that are called from here on. */
  z.object({ type: z.literal('timing-changed'), timing: Timing, reason }),
  /** No more runs; protests may be filed until `protestsUntil`. */
  z.object({ type: z.literal('closed'), protestsUntil: EpochMs }),
  z.object({ type: z.literal('protest-time-ended') }),
  z.object({ type: z.literal('declared-official'), overruled: reason.nullable() }),
] as const;

const entries = [
  z.object({ type: z.literal('entered'), entry: Entry }),
  z.object({ type: z.literal('entry-withdrawn'), racer: RacerId, reason }),
  z.object({ type: z.literal('queued'), racer: RacerId }),
  /** Goes behind the next in the queue. */
  z.object({ type: z.literal('skipped'), racer: RacerId }),
  z.object({ type: z.literal('unqueued'), racer: RacerId }),
  /** Goes to that place of the queue, from 1; to its end where it is shorter. */
  z.object({ type: z.literal('moved'), racer: RacerId, place: z.number().int().min(1).max(10_000) }),
  /** From here on nobody enters, and nobody changes the models that were entered. */
  z.object({ type: z.literal('entries-closed') }),
  /** From here on the queue skips who has not said to be here. */
  z.object({ type: z.literal('roll-called') }),
  z.object({ type: z.literal('presence-noted'), racer: RacerId, isHere: z.boolean() }),
] as const;

const turns = [
  z.object({
    type: z.literal('run-called'),
    runId: RunId,
    racer: RacerId,
    stage: z.enum(['qualifying', 'final']).default('qualifying'),
    /** The heat of a knock-out bracket, from 0 in each round. */
    heat: z.object({ round: z.number().int().nonnegative(), heat: z.number().int().nonnegative() }).optional(),
    /** The race's fastest confirmed clean lap so far, µs: what no car is much faster than. */
    fastest: Micros.optional(),
  }),
  z.object({ type: z.literal('run-staged'), runId: RunId, car: CarId.nullable(), model: Sha256.nullable() }),
  z.object({
    type: z.literal('run-ready'),
    runId: RunId,
    checks: z.array(ReadyCheck),
    overruled: reason.nullable(),
    /** The details of the warnings that were accepted. */
    accepted: z.array(z.string().max(300)).max(20).optional(),
  }),
  z.object({ type: z.literal('countdown-started'), runId: RunId, ends: Stamp }),
  z.object({ type: z.literal('countdown-ended'), runId: RunId }),
  /** By key: the clock runs from here. Rolling: the car may go, and its first crossing starts the clock. */
  z.object({ type: z.literal('run-started'), runId: RunId, start: z.enum(['key', 'rolling']) }),
  z.object({
    type: z.literal('paused'),
    runId: RunId,
    by: z.enum(['marshal', 'red-flag', 'e-stop', 'correction']),
    /** By a correction: since when the car has stood. */
    since: Stamp.optional(),
  }),
  z.object({ type: z.literal('resumed'), runId: RunId }),
  z.object({
    type: z.literal('incident'),
    runId: RunId,
    kind: z.enum(['reset', 'off-track', 'collision']),
  }),
  /** Gives up the lap under way and pauses. */
  z.object({ type: z.literal('did-not-finish'), runId: RunId }),
  /** Voids the lap under way; ends with `resumed`. What is not null is bound from here on. */
  z.object({
    type: z.literal('technical-stop'),
    runId: RunId,
    reason,
    car: CarId.nullable(),
    model: Sha256.nullable(),
    declared: z.boolean(),
  }),
  z.object({ type: z.literal('time-added'), runId: RunId, time: Micros, reason }),
  /** Multiplies the speed of the car in this run, in percent; never its steering. */
  z.object({ type: z.literal('speed-set'), runId: RunId, percent: SpeedPercent }),
  /** The clock reached the limit at this moment, as the desk computed it; the reducer computes it again. */
  z.object({ type: z.literal('time-expired'), runId: RunId, deadline: Stamp }),
  z.object({ type: z.literal('finished'), runId: RunId }),
  z.object({
    type: z.literal('confirmed'),
    runId: RunId,
    /** What was sent: the result's revision, from 1. */
    revision: z.number().int().positive(),
    /** Laps that were in doubt, by the crossing that closes them, and do not count: confirmed without them. */
    withoutDoubtful: z.array(z.number().int().positive()).max(1000).optional(),
  }),
  /** Laps typed from a stopwatch; they replace what was timed, and the run is over. */
  z.object({ type: z.literal('laps-from-paper'), runId: RunId, laps: z.array(PaperLap).min(1).max(1000), reason }),
  z.object({ type: z.literal('discarded'), runId: RunId, reason, revision: z.number().int().nonnegative() }),
  z.object({ type: z.literal('reopened'), runId: RunId, reason }),
  /** The turn costs no attempt. */
  z.object({ type: z.literal('rerun-granted'), runId: RunId, reason }),
  /** `several`: more than one car is on the track, and nothing tells them apart: crossings are shown, and no laps timed. */
  z.object({
    type: z.literal('practice-started'),
    runId: RunId,
    car: CarId.nullable(),
    several: z.boolean().optional(),
  }),
] as const;

const facts = [
  /** `controllerAt` is in the controller's clock (bootId of the record's own stamp), ± `controllerBound`. */
  z.object({
    type: z.literal('crossing'),
    crossing: SeenCrossing,
    controllerAt: Micros,
    controllerBound: Micros,
    /** Names the undisturbed run of the gate's clock: two `at` of a gate are subtracted only within one. */
    epoch: z.string().min(1).max(100),
    /** Controller µs for one of the gate's, ± `bound`, as known when it came. */
    rate: z.object({ value: z.number().min(0.9).max(1.1), bound: z.number().min(0).max(1) }),
  }),
  /** One that no gate saw. */
  z.object({ type: z.literal('crossing-added'), runId: RunId, at: Stamp, uncertainty: Micros, reason }),
  /** `crossing` is the sequence number of the log record that brought it. */
  z.object({ type: z.literal('crossing-ignored'), crossing: z.number().int().positive(), reason }),
  /** `crossing` closes the lap; what is given replaces what was derived. Never a time. */
  z.object({
    type: z.literal('lap-edited'),
    runId: RunId,
    crossing: z.number().int().positive(),
    valid: z.boolean().optional(),
    resets: z.number().int().nonnegative().max(1000).optional(),
    penalty: Micros.max(3_600_000_000).optional(),
    car: CarId.optional(),
    model: Sha256.optional(),
    /** The crossing that began the lap as it was edited; null: the signal. */
    opening: z.number().int().positive().nullable().optional(),
    reason,
  }),
  /** Each crossing begins or ends a lap (`boundary`), or does neither, whatever it was taken for. */
  z.object({
    type: z.literal('crossings-read'),
    runId: RunId,
    readings: z
      .array(z.object({ crossing: z.number().int().positive(), as: z.enum(['boundary', 'none']) }))
      .min(1)
      .max(8),
    reason,
  }),
  /** The lap that `crossing` closes is so many: as many crossings less one were missed. */
  z.object({
    type: z.literal('lap-split'),
    runId: RunId,
    crossing: z.number().int().positive(),
    parts: z.number().int().min(2).max(10),
    reason,
  }),
  /** It happened in the lap before the one in which it was noted. */
  z.object({ type: z.literal('incident-moved'), runId: RunId, incident: z.number().int().positive() }),
  /** What the car itself is, at the moment of the record or, where its clock told better, `at`. */
  z.object({
    type: z.literal('car-state'),
    runId: RunId,
    car: CarId,
    /** Null: nobody knows, because it is not online. */
    driving: z.boolean().nullable(),
    safety: z.string().max(40).nullable(),
    reason: z.string().max(100).nullable(),
    /** What its crew leaves of its throttle; absent: nobody knows. */
    scale: SpeedPercent.optional(),
    at: Stamp,
  }),
  /** `target` counts as if it had never been; undoing an undo brings it back. */
  z.object({ type: z.literal('undone'), target: z.number().int().positive(), reason: reason.nullable() }),
  /** What the car itself said to a command of the desk. */
  z.object({
    type: z.literal('car-answered'),
    runId: RunId.nullable(),
    car: CarId,
    command: z.enum(['start', 'stop', 'e-stop', 'clear', 'load']),
    outcome: z.enum(['done', 'refused', 'silent']),
    safety: z.string().max(40).nullable(),
    message: z.string().max(500).nullable(),
  }),
  z.object({ type: z.literal('e-stop-tested'), car: CarId, day: z.iso.date() }),
  /** The controller's host came up anew: times before and after cannot be subtracted. */
  z.object({ type: z.literal('clock-restarted'), from: BootId }),
] as const;

const judgement = [
  z.object({
    type: z.literal('protest-filed'),
    protestId: z.uuid(),
    runId: RunId,
    by: z.string().min(1).max(100),
    text: reason,
    decideBy: EpochMs,
  }),
  z.object({
    type: z.literal('protest-decided'),
    protestId: z.uuid(),
    upheld: z.boolean(),
    reason,
  }),
  z.object({ type: z.literal('protest-expired'), protestId: z.uuid() }),
  /** The best of qualifying, best first. */
  z.object({ type: z.literal('finals-drawn'), seeds: z.array(RacerId).min(2).max(64) }),
] as const;

/** All that a race's log can hold. */
export const RaceEvent = z.discriminatedUnion('type', [...setup, ...entries, ...turns, ...facts, ...judgement]);
export type RaceEvent = z.infer<typeof RaceEvent>;
export type RaceEventType = RaceEvent['type'];
export type RaceEventOf<T extends RaceEventType> = Extract<RaceEvent, { type: T }>;

/** One line of the log. `seq` counts from 1 without a gap; `hash` is the sha256 of {@link chainText}. */
export const LogRecord = z.object({
  race: RaceId,
  seq: z.number().int().positive(),
  at: Stamp,
  /** For people; no time is ever computed from it. */
  epoch: EpochMs,
  /** The account that gave the command, `desk` for what the desk found by itself. */
  who: z.string().min(1).max(100),
  commandId: z.uuid().nullable(),
  event: RaceEvent,
  /**
   * Of records that say what somebody is called. `beside`: the hash binds ids alone, and the names may be taken out. `withheld`: an older
   * version bound the names, too, and they were taken out; the record's own hash cannot be computed any more, its links can.
   */
  names: z.enum(['beside', 'withheld']).optional(),
  previous: Sha256,
  hash: Sha256,
});
export type LogRecord = z.infer<typeof LogRecord>;
