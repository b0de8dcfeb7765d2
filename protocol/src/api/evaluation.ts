import { z } from 'zod';
import { Micros, Sha256, TrackId } from '../brand.js';

/** One lap of an evaluation, in simulated time. */
export const EvaluatedLap = z.object({
  /** From 1, over all trials. */
  lap: z.number().int().positive(),
  trial: z.number().int().positive(),
  /** Penalties included. Null: not finished. */
  time: Micros.nullable(),
  progressPct: z.number().min(0).max(100),
  resets: z.number().int().nonnegative(),
  offTracks: z.number().int().nonnegative(),
  collisions: z.number().int().nonnegative(),
});
export type EvaluatedLap = z.infer<typeof EvaluatedLap>;

export const EvaluatedCheckpoint = z.object({
  /** As the archive names it: the iteration's number, or the graph's file name. */
  checkpoint: z.string().min(1).max(200),
  meanProgressPct: z.number().min(0).max(100),
  /** Of finished laps; null where none was. */
  meanLapTime: Micros.nullable(),
  laps: z.array(EvaluatedLap),
});
export type EvaluatedCheckpoint = z.infer<typeof EvaluatedCheckpoint>;

/** What `pitwall-agent evaluate --json` prints, one object: what a board's virtual result is made from. */
export const Evaluation = z.object({
  model: z.object({ hash: Sha256, name: z.string().min(1).max(200) }),
  track: z.object({
    id: TrackId,
    version: z.number().int().positive(),
    direction: z.enum(['clockwise', 'counter-clockwise']),
  }),
  rules: z.object({ hash: Sha256, name: z.string().min(1).max(100) }),
  simulatorVersion: z.string().min(1),
  seed: z.number().int().nonnegative(),
  /** Each that was evaluated, in the archive's order. */
  checkpoints: z.array(EvaluatedCheckpoint).min(1),
  /** The best by the rules' ranking of those that qualify; where none does, by mean progress, then mean lap time. Ties to the newer. */
  chosen: z.string(),
  /** Why it was chosen, in one sentence. Absent in evaluations of simulator version 1. */
  because: z.string().min(1).max(300).optional(),
  /** What was odd about the model, and what it asks for that the car cannot do, a sentence each: it was driven as far as the car can. */
  notes: z.array(z.string().max(300)).max(10).optional(),
});
export type Evaluation = z.infer<typeof Evaluation>;
