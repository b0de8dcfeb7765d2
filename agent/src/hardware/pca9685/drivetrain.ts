import { PitwallError } from '@pitwall/protocol';
import { type Drivetrain, type DrivetrainEvents, neutral, type Outputs } from '../drivetrain.js';
import type { I2cChip, OpenI2cChip } from '../i2c/index.js';
import { EnableLine } from '../sysfs-pwm/index.js';
import { isSetUp, openChip, setUp } from './chip.js';
import { outputRegisters } from './output-registers.js';
import type { Pca9685Profile } from './profile.js';

/** How often the chip is looked at, in ms, and how many looks in a row without an answer count as silence. */
const lookMs = 75;
const mostSilent = 2;

type Events = Pick<DrivetrainEvents, 'onSilent' | 'onAnswering'>;

/**
 * Steering and motor (or the inputs of an H-bridge) on a PCA9685 that no driver of the kernel has, through i2c-dev: how donkeycar's cars are wired. Every write
 * reaches the chip, and is answered. It has no watchdog: it holds its last pulse, whoever dies.
 */
export class Pca9685Drivetrain implements Drivetrain {
  readonly #profile: Pca9685Profile;
  readonly #events: Events;
  readonly #hasMotor: boolean;
  readonly #open: OpenI2cChip | undefined;
  #enable: EnableLine | undefined;
  #chip: I2cChip | undefined;
  #looking: NodeJS.Timeout | undefined;
  #silent = 0;
  /** It was told that the chip does not answer, or lost what it was told: neutral until it is right again. */
  #isTold = false;

  constructor(profile: Pca9685Profile, events: Events, { motor, open }: { motor: boolean; open?: OpenI2cChip }) {
    this.#profile = profile;
    this.#events = events;
    this.#hasMotor = motor;
    this.#open = open;
  }

  async start(): Promise<void> {
    const { enable } = this.#profile;
    if (enable !== undefined) {
      this.#enable = await EnableLine.open(enable);
      this.#enable.set(false);
    }
    const chip = openChip(this.#profile, this.#open);
    try {
      if (!isSetUp(chip, this.#profile)) setUp(chip, this.#profile);
      this.#tell(chip, neutral);
    } catch (cause) {
      chip.close();
      throw new PitwallError('outputs-lost', `${(cause as Error).message}; check its wiring and power.`, { cause });
    }
    this.#chip = chip;
    this.#looking = setInterval(() => this.#look(), lookMs);
  }

  write(outputs: Outputs): void {
    if (this.#chip === undefined) return;
    try {
      this.#tell(this.#chip, this.#isTold ? neutral : outputs);
    } catch {
      // A bus may stumble once; what lasts is seen by the next looks, and written again with the next refresh.
    }
  }

  enable(on: boolean): void {
    this.#enable?.set(on);
  }

  async stop(): Promise<void> {
    clearInterval(this.#looking);
    this.write(neutral);
    this.#enable?.set(false);
    this.#chip?.close();
    this.#chip = undefined;
  }

  #tell(chip: I2cChip, outputs: Outputs): void {
    for (const { register, values } of outputRegisters(this.#profile, outputs, this.#hasMotor))
      chip.write(register, ...values);
  }

  #look(): void {
    const chip = this.#chip;
    if (chip === undefined) return;
    try {
      if (!isSetUp(chip, this.#profile)) {
        this.#lost('the PCA9685 lost its power for a moment, and gave no pulse since; check its supply');
        setUp(chip, this.#profile);
        this.#tell(chip, neutral);
      } else if (this.#isTold) {
        this.#isTold = false;
        this.#events.onAnswering();
      }
      this.#silent = 0;
    } catch {
      this.#silent += 1;
      if (this.#silent >= mostSilent) this.#lost('the PCA9685 does not answer on its bus; check its wiring and power');
    }
  }

  #lost(message: string): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#events.onSilent(message);
  }
}
