import type { Micros } from '@pitwall/protocol';

/** What the car feels, in g; z points up: a car that stands level feels 0, 0, 1. */
export interface Motion {
  readonly at: Micros;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export interface Imu {
  start(onMotion: (motion: Motion) => void): Promise<void>;
  /** Idempotent. */
  stop(): Promise<void>;
}
