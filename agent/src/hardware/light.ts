import type { DeviceHealth } from './device.js';

/** Shares of full brightness, 0 to 1. */
export interface Colour {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** The tail light. It comes and goes by itself, and shows the colour that it was told last. */
export interface Light {
  readonly health: DeviceHealth;
  start(): Promise<void>;
  show(colour: Colour): void;
  /** Dark; idempotent. */
  stop(): Promise<void>;
}
