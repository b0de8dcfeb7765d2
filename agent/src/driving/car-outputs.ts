import type { CarProfile, DrivetrainProfile } from '@pitwall/firmware-config';
import type { Micros } from '@pitwall/protocol';
import type { Now, Outputs } from '../hardware/index.js';
import { ActuatorPort, type ActuatorPortParts } from './actuator/index.js';

export interface CarOutputsParts {
  readonly profile: CarProfile;
  readonly drivetrain: DrivetrainProfile;
  readonly now: Now;
  readonly log: (line: string) => void;
  /** What an IMU on the drivetrain's board says. */
  readonly imu: ActuatorPortParts['onImu'] | undefined;
  readonly onReady: () => void;
  readonly onLost: () => void;
  /** The watchdog of the drive unit put them to neutral. */
  readonly onTripped: () => void;
}

/** Motor and steering of one car, which can be lent for a calibration and come back with what was found. */
export class CarOutputs {
  readonly #parts: CarOutputsParts;
  #port: ActuatorPort;
  #calibrated: boolean;
  #lent = false;
  #ended = false;

  constructor(parts: CarOutputsParts) {
    this.#parts = parts;
    this.#calibrated = parts.profile.calibrated;
    this.#port = this.#portOf(parts.drivetrain);
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

  /** Lets go of them. Answers how to give them back. */
  async lend(): Promise<(profile: CarProfile) => void> {
    this.#lent = true;
    await this.#port.stop();
    return ({ drivetrain, calibrated }) => {
      if (this.#ended) return;
      this.#lent = false;
      this.#calibrated = calibrated;
      this.#port = this.#portOf(drivetrain);
      this.#port.start();
    };
  }

  #portOf(drivetrain: DrivetrainProfile): ActuatorPort {
    const { profile, now, log, imu, onReady, onLost, onTripped } = this.#parts;
    return new ActuatorPort({
      profile: drivetrain,
      ...(profile.imu?.kind === 'mpu6050' ? { imu: profile.imu } : {}),
      ...(imu === undefined ? {} : { onImu: imu }),
      now,
      onReady,
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
