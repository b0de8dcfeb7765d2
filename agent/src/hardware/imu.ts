import type { Micros } from '@pitwall/protocol';
import type { DeviceHealth } from './device.js';

export interface Axes {
  /** Forward. */
  readonly x: number;
  /** To the left. */
  readonly y: number;
  /** Up. */
  readonly z: number;
}

/** What the car feels, in g: one that stands level feels 0, 0, 1. */
export interface Motion extends Axes {
  readonly at: Micros;
  /** Degrees a second about the same axes (z: positive turns left); absent where there is no gyroscope. */
  readonly turn?: Axes;
}

/** It comes and goes by itself: `start` does not fail because it is not there. */
export interface Imu {
  readonly health: DeviceHealth;
  start(onMotion: (motion: Motion) => void): Promise<void>;
  /** Idempotent. */
  stop(): Promise<void>;
}
