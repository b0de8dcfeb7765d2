import type { EpochMs, RacerId, Sha256 } from '../brand.js';
import type { ReadyCheck, Stamp } from './events.js';

/** What a decision needs to know beside the log. */
export interface Circumstances {
  readonly now: Stamp;
  readonly epoch: EpochMs;
  /** Of the run that is to be ready. */
  readonly checks: readonly ReadyCheck[];
  /** Of the race's rules as they stand. */
  readonly rulesHash: Sha256;
  /** The id of a racer who enters without one. */
  readonly newRacer: RacerId;
}
