import type { CarId, Micros, Sha256 } from '../brand.js';

/** What a marshal corrected on a lap; never its time. */
export interface LapEdit {
  readonly valid?: boolean | undefined;
  readonly resets?: number | undefined;
  readonly penalty?: Micros | undefined;
  readonly car?: CarId | undefined;
  readonly model?: Sha256 | undefined;
  /** The crossing that began the lap when it was edited: it is another lap when that changes. */
  readonly opening?: number | null | undefined;
  /** Who said last whether the lap counts. */
  readonly by?: string | undefined;
}

/** How a person reads a crossing: as one that begins or ends a lap, or as one that does neither. */
export type ReadAs = 'boundary' | 'none';

/** What stands outside the timeline: what people decided about single crossings, laps and incidents, and time that was added. */
export interface Corrections {
  readonly ignored: ReadonlySet<number>;
  readonly edits: ReadonlyMap<number, LapEdit>;
  /** By the crossing's record. */
  readonly readings: ReadonlyMap<number, ReadAs>;
  /** Laps that are so many laps, between which a crossing was missed; by the crossing that closes them. */
  readonly splits: ReadonlyMap<number, number>;
  /** Incidents that belong to the lap before the one in which they were noted, by their record. */
  readonly moved: ReadonlySet<number>;
  readonly addedTime: Micros;
}

export const noCorrections: Corrections = {
  ignored: new Set(),
  edits: new Map(),
  readings: new Map(),
  splits: new Map(),
  moved: new Set(),
  addedTime: 0 as Micros,
};
