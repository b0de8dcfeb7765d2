import type { DeviceEvents } from './device.js';
import type { Motion } from './imu.js';

/** What the wheels are told, as shares: steering −1…1 of full lock (positive is left), throttle −1…1 (positive is forward). */
export interface Outputs {
  readonly steering: number;
  readonly throttle: number;
}

/** Wheels straight, no throttle. */
export const neutral: Outputs = { steering: 0, throttle: 0 };

/**
 * The motor and the steering of one car. One process holds it: the actuator process. `write` is called at least every
 * 50 ms while it is started, also when nothing changes, so that a watchdog below is fed.
 */
export interface Drivetrain {
  /**
   * Writes neutral before anything else, then opens the outputs and waits until they answer.
   * @throws PitwallError `outputs-lost`
   */
  start(): Promise<void>;
  /** @throws PitwallError `outputs-lost` where the failure shows at once; else `onLost` is told. */
  write(outputs: Outputs): void;
  /** Switches the motor's enable line, where there is one. */
  enable(on: boolean): void;
  /** Neutral, enable line off, closed. Idempotent; returns when neutral has left this computer. */
  stop(): Promise<void>;
}

export interface DrivetrainEvents {
  /** An IMU that hangs on the board of motor and steering: what it feels, and whether it is there. */
  readonly imu?: { readonly motion: (motion: Motion) => void } & DeviceEvents;
  /** The outputs do not answer any more, and never will again: whoever holds them is replaced. */
  readonly onLost: (message: string) => void;
  /** The outputs do not answer now. They stay neutral, whatever is written, and are tried until they do. */
  readonly onSilent: (message: string) => void;
  /** They answer again, neutral. */
  readonly onAnswering: () => void;
  /** The watchdog below (a drive unit's) put the outputs to neutral by itself. */
  readonly onTripped: () => void;
}
