import { parseJson } from '@pitwall/protocol';
import { OnlineRules, type OnlineSetup } from '@pitwall/protocol/api';
import { z } from 'zod';

/** Everything a worker needs beside the archive: frozen when the submission is accepted. */
export const EvaluationJob = z.object({
  track: z.string(),
  /** Absent in jobs of before tracks were uploaded: those are on one that comes with Pitwall. */
  trackVersion: z.number().int().positive().optional(),
  rules: OnlineRules,
  seed: z.number().int().nonnegative(),
});
export type EvaluationJob = z.infer<typeof EvaluationJob>;

export const jobOf = ({ track, rules, seed }: OnlineSetup): EvaluationJob => ({
  track: track.id,
  trackVersion: track.version,
  rules,
  seed,
});
export const jobFrom = (text: string): EvaluationJob =>
  parseJson(EvaluationJob, text, 'The job of a submission', 'internal-error');
