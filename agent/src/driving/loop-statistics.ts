import type { Micros } from '@pitwall/protocol';
import type { Telemetry } from '@pitwall/protocol/messages';
import type { Now } from '@pitwall/runtime';
import type { DrivingLoop, Stage } from './driving-loop.js';

export interface Totals {
  readonly frames: number;
  readonly dropped: number;
  /** Frames a second. */
  readonly rate: number;
}
export type LoopTelemetry = Pick<Telemetry, 'framesPerSecond' | 'droppedFrames' | 'latency'>;

/** What a loop did, in figures: since the start, and since somebody asked last. */
export class LoopStatistics {
  readonly #loop: DrivingLoop;
  readonly #now: Now;
  #rateAt: Micros;
  #framesSince = 0;
  #rate = 0;

  constructor(loop: DrivingLoop, now: Now) {
    this.#loop = loop;
    this.#now = now;
    this.#rateAt = now();
  }

  /** Since the start; the rate is that of the last whole second. */
  get totals(): Totals {
    return { ...this.#loop.totals, rate: this.#rate };
  }

  /** Since the last call; the rate is that of the last whole second. */
  take(): LoopTelemetry {
    const at = this.#now();
    const { frames, dropped } = this.#loop.takeCounts();
    this.#framesSince += frames;
    const since = at - this.#rateAt;
    if (since >= 1_000_000) {
      this.#rate = (this.#framesSince * 1_000_000) / since;
      this.#framesSince = 0;
      this.#rateAt = at;
    }
    const { stages } = this.#loop;
    const pair = (stage: Stage) => {
      const latency = { p50: stages[stage].quantile(0.5) as Micros, p99: stages[stage].quantile(0.99) as Micros };
      stages[stage].reset();
      return latency;
    };
    return {
      framesPerSecond: this.#rate,
      droppedFrames: dropped,
      latency: { age: pair('age'), decode: pair('decode'), inference: pair('inference'), act: pair('act') },
    };
  }
}
