import { PitwallError } from '@pitwall/protocol';
import type { ImportKind } from '@pitwall/protocol/api';

/** A lap that was driven elsewhere; times in µs. */
export interface FoundLap {
  readonly lap: number;
  readonly time: number;
  readonly valid: boolean;
  readonly resets: number;
  readonly offTracks: number;
}

/** What one racer drove in one go. */
export interface FoundRun {
  /** What the file calls it, for ever; undefined: the file is one run. */
  readonly id: string | undefined;
  /** As the file calls the racer; undefined: it does not say. */
  readonly racer: string | undefined;
  /** As the file calls the track; undefined: it does not say. */
  readonly track: string | undefined;
  /** Wall clock, ms; undefined: it does not say. */
  readonly drivenAt: number | undefined;
  readonly laps: readonly FoundLap[];
}

/** What a file holds. */
export interface LapFile {
  readonly kind: ImportKind;
  readonly runs: readonly FoundRun[];
  /** What is left out, and why, a sentence each. */
  readonly leftOut: readonly string[];
}

/** Larger than any season: DREM's row has about 120 characters, a simulator's 200. */
export const importLimits = { bytes: 8 * 2 ** 20, rows: 50_000, cell: 300 } as const;

export const wrong = (why: string, cause?: unknown): PitwallError =>
  new PitwallError('message-invalid', `The file ${why}`, cause === undefined ? {} : { cause });
