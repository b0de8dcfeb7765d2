import { z } from 'zod';
import { EpochMs, Micros, RaceId, RacerId, Sha256 } from '../brand.js';

const checkpointName = z.string().min(1).max(200);

/** How far an evaluation is. All counts from 1. */
export const EvaluationProgress = z.object({
  checkpoint: z.number().int().positive(),
  checkpoints: z.number().int().positive(),
  /** Of the checkpoint under way. */
  lap: z.number().int().positive(),
  laps: z.number().int().positive(),
});
export type EvaluationProgress = z.infer<typeof EvaluationProgress>;

/** What a submission is now. The last five are final. */
export const SubmissionStatus = z.discriminatedUnion('state', [
  /** `place` in the order in which workers take them: 1 is next. */
  z.object({ state: z.literal('queued'), place: z.number().int().positive() }),
  z.object({ state: z.literal('evaluating'), progress: EvaluationProgress.nullable() }),
  /** Evaluated; its result is on its way to the board. */
  z.object({ state: z.literal('ranking') }),
  z.object({
    state: z.literal('ranked'),
    /** Of the racer, among so many. */
    rank: z.number().int().positive(),
    of: z.number().int().positive(),
    /** Of this submission, µs. */
    score: Micros,
    bestLap: Micros,
    /** Whether it is the one that gives the racer this rank: a better one stands where it is not. */
    counts: z.boolean(),
  }),
  /** Evaluated, and not good enough to be ranked. `reason` is one sentence for the racer. */
  z.object({ state: z.literal('not-qualified'), reason: z.string() }),
  z.object({ state: z.literal('failed'), code: z.string(), reason: z.string() }),
  z.object({ state: z.literal('cancelled') }),
  /** Taken off the board, because the entry was removed. */
  z.object({ state: z.literal('withdrawn') }),
]);
export type SubmissionStatus = z.infer<typeof SubmissionStatus>;

/** A model entered online. It never changes; its status does. */
export const Submission = z.object({
  submission: z.uuid(),
  race: RaceId,
  racer: RacerId,
  model: z.object({ hash: Sha256, name: z.string().min(1).max(200), bytes: z.number().int().nonnegative() }),
  submittedAt: EpochMs,
  status: SubmissionStatus,
});
export type Submission = z.infer<typeof Submission>;

/** GET …/submissions, newest first: one's own, the organizer's view is of all. */
export const SubmissionList = z.object({ submissions: z.array(Submission), next: z.string().nullable() });
export type SubmissionList = z.infer<typeof SubmissionList>;

/** POST …/submissions as JSON: a model that the racer submitted before, by its hash. An archive is sent as it is. */
export const SubmitModel = z.object({ model: Sha256, name: z.string().min(1).max(200).optional() });
export type SubmitModel = z.infer<typeof SubmitModel>;

/** GET /api/v1/submissions/models: what the caller may submit again, newest first. */
export const SubmittedModel = z.object({
  hash: Sha256,
  name: z.string(),
  bytes: z.number().int().nonnegative(),
  lastSubmittedAt: EpochMs,
});
export type SubmittedModel = z.infer<typeof SubmittedModel>;

/** One of a submission's laps, and the checkpoint it was evaluated with beside the others. */
export const CheckpointReport = z.object({
  checkpoint: checkpointName,
  chosen: z.boolean(),
  meanProgressPct: z.number().min(0).max(100),
  meanLapTime: Micros.nullable(),
  /** Null: no lap finished. */
  bestLap: Micros.nullable(),
  laps: z.array(
    z.object({
      lap: z.number().int().positive(),
      trial: z.number().int().positive(),
      time: Micros.nullable(),
      progressPct: z.number().min(0).max(100),
      resets: z.number().int().nonnegative(),
      offTracks: z.number().int().nonnegative(),
      collisions: z.number().int().nonnegative(),
    }),
  ),
});
export type CheckpointReport = z.infer<typeof CheckpointReport>;

/**
 * What can be downloaded of an evaluation: `report` (HTML, of all checkpoints), and of each checkpoint `replay` (JSON),
 * `metrics` (JSON) and `simtrace` (CSV) as racers' tools read them.
 */
export const EvaluationFileKind = z.enum(['report', 'replay', 'metrics', 'simtrace']);
export type EvaluationFileKind = z.infer<typeof EvaluationFileKind>;

/** GET …/submissions/{id}/evaluation: why it is where it is. */
export const EvaluationReport = z.object({
  submission: z.uuid(),
  chosen: checkpointName,
  /** Why it was chosen, in one sentence; null where the evaluation does not say. */
  because: z.string().nullable(),
  /** What the model asks for that the car cannot do, a sentence each. */
  notes: z.array(z.string()),
  /** The chosen one first, then by mean progress. */
  checkpoints: z.array(CheckpointReport),
  simulatorVersion: z.string(),
  seed: z.number().int().nonnegative(),
  rules: z.object({ hash: Sha256, name: z.string() }),
  /** GET …/submissions/{id}/files/{kind}?checkpoint=… */
  files: z.array(
    z.object({
      kind: EvaluationFileKind,
      checkpoint: checkpointName.nullable(),
      hash: Sha256,
      bytes: z.number().int().nonnegative(),
      path: z.string(),
    }),
  ),
});
export type EvaluationReport = z.infer<typeof EvaluationReport>;

/**
 * GET …/submissions/{id}/comparison?with={other}: the best lap of each, place by place. Arrays run together: at `percent[i]`
 * of the lap, `mine` and `other` have driven so long (µs) and drive so fast (m/s); `gap` is mine minus other's: above 0 time
 * was lost up to here.
 */
export const Comparison = z.object({
  mine: z.object({ submission: z.uuid(), racer: RacerId, alias: z.string(), checkpoint: z.string(), lapTime: Micros }),
  other: z.object({ submission: z.uuid(), racer: RacerId, alias: z.string(), checkpoint: z.string(), lapTime: Micros }),
  percent: z.array(z.number().min(0).max(100)),
  mineTime: z.array(Micros),
  otherTime: z.array(Micros),
  mineSpeed: z.array(z.number()),
  otherSpeed: z.array(z.number()),
  gap: z.array(z.number().int()),
  /** Stretches in which the gap grew or shrank most, the largest first. */
  stretches: z.array(
    z.object({
      fromPct: z.number().min(0).max(100),
      toPct: z.number().min(0).max(100),
      /** µs; above 0: lost here. */
      change: z.number().int(),
    }),
  ),
});
export type Comparison = z.infer<typeof Comparison>;
