import type { Micros } from '@pitwall/protocol';
import type { Range } from '@pitwall/protocol/policy';
import type { DeviceHealth } from './device.js';

/** One turn of the lidar: degrees (positive left, 0 ahead) and metres, in any order. */
export interface Scan {
  /** When its last distance came, in the car's clock. */
  readonly at: Micros;
  readonly ranges: readonly Range[];
}

/** It comes and goes by itself: `start` does not fail because it is not there. */
export interface Lidar {
  readonly health: DeviceHealth;
  start(onScan: (scan: Scan) => void): Promise<void>;
  /** Idempotent. */
  stop(): Promise<void>;
}
