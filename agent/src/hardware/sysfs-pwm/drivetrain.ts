import { closeSync, openSync, writeSync } from 'node:fs';
import { PitwallError } from '@pitwall/protocol';
import { type Drivetrain, neutral, type Outputs } from '../drivetrain.js';
import { pulse } from '../pulse-width.js';
import { openChannel } from './chip.js';
import { EnableLine } from './enable-line.js';
import type { SysfsPwmProfile } from './profile.js';

/**
 * Steering and motor on PWM channels of the kernel, as on the AWS DeepRacer and on Raspberry Pi cars with a PCA9685.
 * Nothing below has a watchdog: the kernel holds the last pulse, whoever dies.
 */
export class SysfsPwmDrivetrain implements Drivetrain {
  readonly #profile: SysfsPwmProfile;
  #enable: EnableLine | undefined;
  #steering: number | undefined;
  #motor: number | undefined;

  constructor(profile: SysfsPwmProfile) {
    this.#profile = profile;
  }

  async start(): Promise<void> {
    const { motor, steering, enable } = this.#profile;
    try {
      this.#motor = openSync(await openChannel(this.#profile, motor), 'w');
      this.#steering = openSync(await openChannel(this.#profile, steering), 'w');
      if (enable !== undefined) {
        this.#enable = new EnableLine(enable);
        this.#enable.set(false);
      }
    } catch (cause) {
      throw lost(this.#profile, cause);
    }
    this.write(neutral);
  }

  write(outputs: Outputs): void {
    if (this.#motor === undefined || this.#steering === undefined) return;
    try {
      // The motor first: it is the one that hurts.
      writeDuty(this.#motor, pulse(outputs.throttle, this.#profile.motor));
      writeDuty(this.#steering, pulse(outputs.steering, this.#profile.steering));
    } catch (cause) {
      throw lost(this.#profile, cause);
    }
  }

  enable(on: boolean): void {
    try {
      this.#enable?.set(on);
    } catch (cause) {
      throw lost(this.#profile, cause);
    }
  }

  async stop(): Promise<void> {
    const { 0: motor, 1: steering } = [this.#motor, this.#steering];
    try {
      this.write(neutral);
    } finally {
      this.#motor = undefined;
      this.#steering = undefined;
      this.#enable?.set(false);
      if (motor !== undefined) closeSync(motor);
      if (steering !== undefined) closeSync(steering);
    }
  }
}

/** The newline ends the number also where a plain file keeps the tail of a longer one. */
function writeDuty(file: number, nanoseconds: number): void {
  writeSync(file, `${nanoseconds}\n`, 0);
}

const lost = (profile: SysfsPwmProfile, cause: unknown): PitwallError =>
  new PitwallError(
    'outputs-lost',
    `The PWM outputs of ${profile.chip} cannot be written under ${profile.root}; check the profile, and that this user may write there.`,
    { cause },
  );
