import type { Micros } from '@pitwall/protocol';
import type { Steered } from './messages.js';

/** One step of the world, in µs: poses come at 200 Hz, so that a gate sees a crossing to a fraction of a millimetre. */
export const stepMicros = 5000;
/** Steps of a lidar's turn: 10 a second, as the cloud simulator's. */
const stepsPerTurn = 20;
/** When this process was held up for longer, the world stood still meanwhile, in µs. */
const mostBehind = 250_000;

export interface RealTimeParts {
  /** Goes on by `seconds` with motor and steering as told. */
  readonly step: (seconds: number, steered: Steered) => void;
  /** The world is exactly this old. */
  readonly onStep: (at: Micros) => void;
  readonly onFrame: (at: Micros) => void;
  /** The lidar has gone round once more. */
  readonly onScan: (at: Micros) => void;
  /** Frames a second. */
  readonly rate: number;
}

/**
 * Lets a world go on in real time: `advance` makes every step that is due, each with its exact time in the car's
 * clock, and a frame whenever the camera's next one is due.
 */
export class RealTime {
  readonly #parts: RealTimeParts;
  #start: number;
  #steps = 0;
  #frames = 0;
  steered: Steered = { steeringDeg: 0, speedMps: 0 };

  constructor(parts: RealTimeParts, start: Micros) {
    this.#parts = parts;
    this.#start = start;
  }

  advance(now: Micros): void {
    const behind = now - (this.#start + this.#steps * stepMicros);
    if (behind > mostBehind) this.#start += behind - stepMicros;
    const { step, onStep, onFrame, onScan, rate } = this.#parts;
    for (;;) {
      const at = this.#start + (this.#steps + 1) * stepMicros;
      if (at > now) return;
      step(stepMicros / 1e6, this.steered);
      this.#steps += 1;
      onStep(at as Micros);
      if (this.#steps * stepMicros >= (this.#frames * 1_000_000) / rate) {
        this.#frames = Math.floor((this.#steps * stepMicros * rate) / 1_000_000) + 1;
        onFrame(at as Micros);
      }
      if (this.#steps % stepsPerTurn === 0) onScan(at as Micros);
    }
  }
}
