import type { Micros } from '@pitwall/protocol';
import type { Motion, Outputs } from '../../hardware/index.js';

/**
 * What the agent tells the actuator process over the pipe between them. Both are the same build, so nothing is parsed;
 * a setpoint whose deadline has passed when it is read is not written.
 */
export type ToActuator =
  /** Take the outputs. A spare process waits for it with everything loaded. */
  | { readonly type: 'begin' }
  /** The outputs until `deadline` (absolute, in the car's clock); neutral from then on until the next setpoint. */
  | { readonly type: 'setpoint'; readonly outputs: Outputs; readonly deadline: Micros }
  | { readonly type: 'neutral' }
  /** The motor's enable line. Off is neutral, too. */
  | { readonly type: 'power'; readonly on: boolean }
  /** Every {@link beatMs} while the motor has power: I run. */
  | { readonly type: 'beat' }
  /** Neutral, off, closed, exit. */
  | { readonly type: 'end' };

export type FromActuator =
  /** The outputs answer, or answer again after they were lost. */
  | { readonly type: 'ready' }
  /** Every {@link beatMs}, without power {@link restingBeatMs}: I run. */
  | { readonly type: 'beat' }
  | { readonly type: 'lost'; readonly message: string }
  /** A deadline passed without a new setpoint. */
  | { readonly type: 'missed' }
  /** The watchdog below tripped. */
  | { readonly type: 'tripped' }
  /** An IMU hangs on the same board. */
  | { readonly type: 'motion'; readonly motion: Motion }
  | { readonly type: 'imu-lost'; readonly message: string }
  | { readonly type: 'imu-found' };

/** How often the actuator process refreshes its outputs and says that it runs, in ms. */
export const beatMs = 25;
/** While the motor has no power. With what a timer comes late it stays below the 50 ms that are promised to what is below. */
export const restingBeatMs = 45;
