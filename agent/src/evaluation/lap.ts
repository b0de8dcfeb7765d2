import type { Micros } from '@pitwall/protocol';
import type { Verdict } from '../simulator/index.js';

/** How a lap ended. */
export type LapEnd = 'lap_complete' | 'time_up' | 'stopped' | Exclude<Verdict, 'in_progress' | 'lap_complete'>;

/** One lap of a trial, complete or given up. Times in ms of the simulator's clock. */
export interface LapRecord {
  /** Counts from 1 through the whole evaluation. */
  readonly lap: number;
  /** Counts from 1. */
  readonly trial: number;
  readonly end: LapEnd;
  readonly progressPct: number;
  readonly startMs: number;
  readonly endMs: number;
  /** When the first and the second third of the lap were reached, from its start. */
  readonly splitsMs: readonly number[];
  readonly resets: number;
  readonly offTracks: number;
  readonly crashes: number;
  readonly immobilized: number;
  readonly reversed: number;
  /** Where the car left the track or crashed. */
  readonly incidents: readonly {
    readonly what: Verdict;
    readonly x: number;
    readonly y: number;
    readonly atMs: number;
  }[];
}

export const isComplete = (lap: LapRecord) => lap.end === 'lap_complete';
/** To a microsecond: laps of equally many steps take equally long. */
export const lapMicros = (lap: LapRecord) => toMicros(lap.endMs - lap.startMs);
export const toMicros = (ms: number) => Math.round(ms * 1000) as Micros;

/** Counts what happens in one lap until it ends. */
export class LapCounter {
  readonly lap: number;
  readonly trial: number;
  readonly startMs: number;
  resets = 0;
  readonly #splitsMs: number[] = [];
  readonly #counts = { off_track: 0, crashed: 0, immobilized: 0, reversed: 0 };
  readonly #incidents: { what: Verdict; x: number; y: number; atMs: number }[] = [];

  constructor(lap: number, trial: number, startMs: number) {
    this.lap = lap;
    this.trial = trial;
    this.startMs = startMs;
  }

  progress(progressPct: number, nowMs: number): void {
    if (this.#splitsMs.length < 2 && progressPct >= ((this.#splitsMs.length + 1) * 100) / 3) {
      this.#splitsMs.push(toMicros(nowMs - this.startMs) / 1000);
    }
  }

  incident(what: Exclude<Verdict, 'in_progress' | 'lap_complete'>, x: number, y: number, nowMs: number): void {
    this.#counts[what]++;
    this.#incidents.push({ what, x, y, atMs: nowMs });
  }

  close(end: LapEnd, progressPct: number, nowMs: number): LapRecord {
    return {
      lap: this.lap,
      trial: this.trial,
      end,
      progressPct,
      startMs: this.startMs,
      endMs: nowMs,
      splitsMs: this.#splitsMs,
      resets: this.resets,
      offTracks: this.#counts.off_track,
      crashes: this.#counts.crashed,
      immobilized: this.#counts.immobilized,
      reversed: this.#counts.reversed,
      incidents: this.#incidents,
    };
  }
}
