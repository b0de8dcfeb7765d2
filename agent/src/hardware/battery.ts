import type { Micros } from '@pitwall/protocol';
import type { DeviceHealth } from './device.js';

/** `level`: 0 to 11, as a stock car tells it. `volts`: of the pack. */
export interface BatteryReading {
  readonly at: Micros;
  readonly unit: 'level' | 'volts';
  readonly value: number;
}

/** It comes and goes by itself: `start` does not fail because it is not there. */
export interface Battery {
  readonly health: DeviceHealth;
  /** The latest; undefined while nobody knows. */
  readonly reading: BatteryReading | undefined;
  start(): Promise<void>;
  /** Idempotent. */
  stop(): Promise<void>;
}
