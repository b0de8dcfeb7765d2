import type { Micros } from '../../brand.js';
import type { Driver, Tally } from '../lap-reading.js';
import type { Lap } from '../state.js';
import type { Passage } from './passage.js';
import type { SplitTimes } from './sectors.js';

export const noTally = (): Tally => ({
  resets: 0,
  offTracks: 0,
  collisions: 0,
  paused: 0 as Micros,
  pauses: 0,
  stops: 0,
});

/** Another passage that could as well have been a boundary: instead of the one that was taken, or as well as it. */
export type Question =
  /** `other` came too soon after the boundary to end a lap, and may be the true one. */
  | { readonly kind: 'short'; readonly other: Passage }
  /** `other` came before the one that opened the lap. */
  | { readonly kind: 'opening'; readonly other: Passage }
  /** Once more too soon after the opening, which had moved already. */
  | { readonly kind: 'opening-again' }
  /** It rolled over the line after the pause began. */
  | { readonly kind: 'pause' }
  /** It crossed the line during the countdown. */
  | { readonly kind: 'jump-start'; readonly other: Passage };

/** Where a lap begins or ends, and what else could be. */
export interface Boundary {
  readonly passage: Passage;
  readonly questions: Question[];
  /** A person said that it is one. */
  readonly decided: boolean;
}

/** A lap before it is judged: from one boundary to another, or to where it was given up. */
export interface Span {
  readonly from: Boundary;
  readonly to: Boundary | null;
  readonly ended: Lap['ended'];
  readonly tally: Tally;
  readonly splits: SplitTimes | null;
  readonly driver: Driver;
}
