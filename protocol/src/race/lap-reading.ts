import type { CarId, Micros, Sha256 } from '../brand.js';
import type { CrossingUse, Lap, Sector } from './state.js';
import type { CrossingFact } from './timeline.js';

/** Who drives, with which part of the car's speed. */
export interface Driver {
  readonly car: CarId | null;
  readonly model: Sha256 | null;
  readonly speed: number;
  /** What the car's crew leaves of its throttle, percent; undefined: nobody knows. */
  readonly scale?: number | undefined;
}

/** What happened in a lap. */
export interface Tally {
  resets: number;
  offTracks: number;
  collisions: number;
  /** Time in it during which the clock stood, µs; null where nobody can know. */
  paused: Micros | null;
  pauses: number;
  /** How often its car stopped by itself, or was stopped. */
  stops: number;
  /** When its resets were noted, in the controller's clock; absent: never. */
  handled?: readonly { readonly boot: number; readonly at: Micros }[];
}

/** What the run is when a crossing comes. */
export interface Moment {
  readonly phase: 'called' | 'staged' | 'ready' | 'running' | 'paused' | 'over';
  /** The car may go, and its first crossing starts the clock. */
  readonly rolling: boolean;
  /** A countdown runs. */
  readonly counting: boolean;
  /** The run's clock began with a crossing. */
  readonly startedByCrossing: boolean;
  /** Since when the run is paused, in the controller's clock; null where it is not, or that clock is gone. */
  readonly pausedSince: { readonly boot: number; readonly at: Micros } | null;
  /** Since when the car that Pitwall drives is known to stand; null: it drives, or nobody knows. */
  readonly standsSince: { readonly boot: number; readonly at: Micros } | null;
  readonly driver: Driver;
}

/** What a crossing is, and what it does to its run. */
export interface Seen {
  readonly use: CrossingUse;
  /** The clock of a rolling start begins here, or begins here instead. */
  readonly starts?: boolean;
  /** It closed a lap. */
  readonly closes?: boolean;
  /** It split a pause: what remains of the pause begins here. */
  readonly splitsPause?: boolean;
  /** An earlier crossing that turned out to be something else. */
  readonly relabels?: { readonly seq: number; readonly use: CrossingUse };
}

/** The laps of one run while its facts are gone through, as one version of a log reads them. */
export interface LapReading {
  /** Those that ended, judged as of now. */
  readonly ended: Lap[];
  /** How many of them count for the limit of laps. */
  readonly finished: number;
  /** Where the lap under way began; null where there is none. */
  readonly opened: CrossingFact | null;
  /** Of the lap under way. */
  readonly tally: Tally;
  /** Of the lap before it; null where there is none. */
  readonly tallyBefore: Tally | null;
  readonly sectors: Sector[];
  /** At the start signal. */
  begin(signal: CrossingFact): void;
  see(fact: CrossingFact, moment: Moment): Seen;
  /** The lap under way ends without a time. */
  giveUp(ended: Exclude<Lap['ended'], 'crossing'>, driver: Driver): void;
  /** The run is over; what was under way is no lap. */
  stop(): void;
  /** Its laps stand for good, and what they were read from is not needed any more. */
  settle(): void;
}
