import type { CarProfile, DrivetrainProfile } from '@pitwall/firmware-config';
import type { Micros } from '@pitwall/protocol';
import type { Now } from '@pitwall/runtime';
import type { Outputs } from '../hardware/index.js';
import type { ActuatorPortParts, openPort, Port } from './actuator/index.js';

export interface CarOutputsParts {
  readonly profile: CarProfile;
  readonly drivetrain: DrivetrainProfile;
  readonly now: Now;
  readonly log: (line: string) => void;
  readonly openPort: typeof openPort;
  /** What an IMU on the drivetrain's board says. */
  readonly imu: ActuatorPortParts['onImu'] | undefined;
  /** They answer: what they are by now, and whether the motor gets pulses. */
  readonly onReady: (drivetrain: DrivetrainProfile, motor: boolean) => void;
  readonly onLost: () => void;
  /** The watchdog of the drive unit put them to neutral. */
  readonly onTripped: () => void;
}

/** Motor and steering of one car, which can be lent for a calibration and come back with what was found. */
export class CarOutputs {
  readonly #parts: CarOutputsParts;
  #port: Port;
  #drivetrain: DrivetrainProfile;
  #calibrated: boolean;
  #lent = false;
  #ended = false;

  constructor(parts: CarOutputsParts) {
    this.#parts = parts;
    this.#drivetrain = parts.drivetrain;
    this.#calibrated = parts.profile.calibrated;
    this.#port = this.#portOf();
  }

  /** They answer, and nobody else has them. */
  get ready(): boolean {
    return !this.#lent && this.#port.ready;
  }

  get calibrated(): boolean {
    return this.#calibrated;
  }

  start(): void {
    this.#port.start();
  }

  /** Neutral first; idempotent. */
  async stop(): Promise<void> {
    this.#ended = true;
    await this.#port.stop();
  }

  setpoint(outputs: Outputs, deadline: Micros): void {
    this.#port.setpoint(outputs, deadline);
  }

  neutral(): void {
    this.#port.neutral();
  }

  power(on: boolean): void {
    this.#port.power(on);
  }

  /** Lets go of them. Answers how to give them back: with what was found, or as they were. */
  async lend(): Promise<(found?: CarProfile) => void> {
    this.#lent = true;
    await this.#port.stop();
    return (found) => {
      if (this.#ended) return;
      this.#lent = false;
      if (found !== undefined) {
        this.#drivetrain = found.drivetrain;
        this.#calibrated = found.calibrated;
      }
      this.#port = this.#portOf();
      this.#port.start();
    };
  }

  #portOf(): Port {
    const { profile, now, log, imu, onReady, onLost, onTripped } = this.#parts;
    return this.#parts.openPort({
      profile: this.#drivetrain,
      motor: this.#calibrated,
      ...(profile.imu?.kind === 'mpu6050' ? { imu: profile.imu } : {}),
      ...(imu === undefined ? {} : { onImu: imu }),
      now,
      onReady: () => onReady(this.#drivetrain, this.#calibrated),
      onLost: (message) => {
        log(`outputs lost: ${message}`);
        onLost();
      },
      onMissed: () => log('a setpoint was not renewed in time; the outputs are neutral'),
      onTripped: () => {
        log('the watchdog of the drive unit put the outputs to neutral');
        onTripped();
      },
    });
  }
}
