import type { BootId, CarId, EpochMs, Micros, RaceId, RacerId, Sha256 } from '../brand.js';
import type { Entry, RaceSetup } from './events.js';
import type { Run } from './run.js';
import type { Protest, RaceState } from './state.js';

/** A race while its log is replayed. */
export interface Draft {
  readonly race: RaceId;
  seq: number;
  phase: RaceState['phase'];
  setup: RaceSetup;
  rulesHash: Sha256 | null;
  bootId: BootId;
  readonly boots: Map<BootId, number>;
  readonly entries: Entry[];
  readonly queue: RacerId[];
  readonly runs: Run[];
  readonly byId: Map<string, Run>;
  /** Which run a crossing went to, by the sequence number of its record. */
  readonly crossings: Map<number, Run>;
  seeds: readonly RacerId[] | null;
  readonly protests: Protest[];
  protestsUntil: EpochMs | null;
  protestTimeEnded: boolean;
  readonly eStopTests: { car: CarId; day: string }[];
  /** Records that found nothing to do. */
  readonly idle: number[];
}

/** A moment in the order of the log: which life of the clock, and when in it. */
export interface Place {
  readonly boot: number;
  readonly at: Micros;
}

export const isBefore = (a: Place, b: Place): boolean => a.boot < b.boot || (a.boot === b.boot && a.at < b.at);

export function placeOf(draft: Draft, stamp: { readonly bootId: BootId; readonly at: Micros }): Place {
  let boot = draft.boots.get(stamp.bootId);
  if (boot === undefined) {
    boot = draft.boots.size;
    draft.boots.set(stamp.bootId, boot);
  }
  return { boot, at: stamp.at };
}
