import { z } from 'zod';
import { Micros, Sha256, TrackId } from '../brand.js';
import { Metric, type ScoredLap } from './score.js';

const Direction = z.enum(['clockwise', 'counter-clockwise']);

/** What a board takes. A result outside of it is not thrown away: it waits for a person. */
export const Admission = z.object({
  ranking: Metric,
  /** So many consecutive valid laps a result needs to be ranked at all. */
  qualifying: z.number().int().min(1).max(100).default(1),
  /** The one track raced on; null takes any. */
  track: z.object({ id: TrackId, version: z.number().int().positive(), direction: Direction }).nullable().default(null),
  /** Hashes of the rule sets that count; none takes any. */
  rules: z.array(Sha256).max(100).default([]),
  /** A valid lap outside is implausible, µs. */
  plausible: z.object({ min: Micros, max: Micros }).nullable().default(null),
});
export type Admission = z.infer<typeof Admission>;

export const HoldReason = z.enum([
  'wrong-track',
  'wrong-rules',
  'implausible-lap',
  'racer-unknown',
  'racer-provisional',
  'rejected-before',
]);
export type HoldReason = z.infer<typeof HoldReason>;

export interface Judged {
  readonly track: { readonly id: string; readonly version: number; readonly direction: string };
  readonly rules: { readonly hash: string };
  readonly laps: readonly ScoredLap[];
}

/** Why a result must wait for a person; empty where it may count. */
export function holdReasons(result: Judged, { track, rules, plausible }: Admission): HoldReason[] {
  const reasons: HoldReason[] = [];
  const { id, version, direction } = result.track;
  if (track !== null && (track.id !== id || track.version !== version || track.direction !== direction))
    reasons.push('wrong-track');
  if (rules.length > 0 && !rules.some((hash) => hash === result.rules.hash)) reasons.push('wrong-rules');
  if (
    plausible !== null &&
    result.laps.some(({ valid, time }) => valid && (time < plausible.min || time > plausible.max))
  )
    reasons.push('implausible-lap');
  return reasons;
}
