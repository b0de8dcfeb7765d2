import type { Micros } from '@pitwall/protocol';

/** How long a car may drive without an action, in µs. */
const patience = 250_000;
/** Where actions come seldom, so many times the time between two of them. */
const missed = 3;

export interface Rates {
  /** Frames a second that the camera sends. */
  readonly rate: number;
  /** Actions a second at most; 0 is no limit. */
  readonly limit: number;
}

/** From one action to the next where nothing is late, in µs: a limit takes every second, every third … frame. */
export function actionTime({ rate, limit }: Rates): number {
  const frameTime = 1_000_000 / rate;
  const frames = limit === 0 ? 1 : Math.max(1, Math.ceil((leastBetween(limit, frameTime) - 1) / frameTime));
  return frames * frameTime;
}

/**
 * A frame that comes sooner after the one before than this is left out, in µs. A quarter of a frame's time of grace: a camera
 * at twice the limit must not lose every third frame to jitter.
 */
export const leastBetween = (limit: number, frameTime: number): number => 1_000_000 / limit - frameTime / 4;

/** Three frame times, at least 100 ms; in µs. */
export const staleAfter = (rate: number): number => Math.max(3_000_000 / rate, 100_000);

/**
 * Whether the actions of a policy still come while a car drives: whatever hangs between frame and wheels, it shows here.
 * 250 ms after the last one, or three times the time between two where that is longer (fewer than twelve a second), there
 * is none any more. The first one has as long after the start as a fresh frame may take besides.
 */
export class ActionWatch {
  readonly #patience: number;
  readonly #firstFrame: number;
  #due = 0;

  constructor(rates: Rates) {
    this.#patience = Math.max(patience, missed * actionTime(rates));
    this.#firstFrame = staleAfter(rates.rate);
  }

  starts(at: Micros): void {
    this.#due = at + this.#firstFrame + this.#patience;
  }

  acted(at: Micros): void {
    this.#due = at + this.#patience;
  }

  isSilent(at: Micros): boolean {
    return at > this.#due;
  }
}
