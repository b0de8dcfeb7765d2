import type { BootId, CarId, EpochMs, Micros, RaceId, RacerId, Sha256 } from '../brand.js';
import type { Entry, RaceSetup } from './events.js';
import type { Run } from './run.js';
import type { Protest, RaceState } from './state.js';

/** A race while its log is replayed. */
export interface Draft {
  readonly race: RaceId;
  /** How its crossings are read. */
  readonly version: 1 | 2;
  seq: number;
  phase: RaceState['phase'];
  setup: RaceSetup;
  rulesHash: Sha256 | null;
  bootId: BootId;
  readonly boots: BootId[];
  readonly entries: Entry[];
  entriesClosed: boolean;
  readonly queue: RacerId[];
  here: RacerId[] | null;
  readonly runs: Run[];
  readonly byId: Map<string, Run>;
  /** Ids of runs before the snapshot that the replay began with: they are known, and their facts are not here. */
  readonly earlier: { readonly runs: ReadonlySet<string>; readonly unjudged: boolean };
  /** Runs that the log reopens after a judgement, now or later. */
  readonly reopened: ReadonlySet<string>;
  /** Which run a crossing went to, by the sequence number of its record. */
  readonly crossings: (Run | undefined)[];
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

export function placeOf(draft: Draft, stamp: { readonly bootId: BootId; readonly at: Micros }): Place {
  return { boot: bootOf(draft, stamp.bootId), at: stamp.at };
}

/** Lives of the clock, counted as the log meets them. */
export function bootOf(draft: Draft, bootId: BootId): number {
  // Nearly every record is of the present one.
  let boot = draft.boots.length - 1;
  while (boot >= 0 && draft.boots[boot] !== bootId) boot -= 1;
  return boot === -1 ? draft.boots.push(bootId) - 1 : boot;
}
