import type { Outputs } from '../drivetrain.js';

export interface ControlsEvents {
  /** What the person at the controls wants now. Repeated while they hold them: silence means that they let go. */
  readonly drive: (outputs: Outputs) => void;
  readonly command: (command: 'arm' | 'start' | 'stop' | 'clear') => void;
  /** An emergency stop that needs no link. */
  readonly emergency: () => void;
}

/** Where nothing but their emergency stop counts. */
export const stopsOnly = (emergency: () => void): ControlsEvents => ({
  emergency,
  drive: () => {},
  command: () => {},
});

/** Something at the car or in its terminal that a person drives or stops it with. */
export interface Controls {
  start(on: ControlsEvents): void;
  /** Idempotent. */
  stop(): void;
}
