import { type Drivetrain, type DrivetrainEvents, neutral, type Outputs } from '../drivetrain.js';
import type { OpenI2cChip } from '../i2c/index.js';
import { pulse } from '../pulse-width.js';
import { isInUse, openChannel, resetChip } from './chip.js';
import { EnableLine } from './enable-line.js';
import { type KernelFiles, kernelFiles, lostBecause } from './kernel-files.js';
import type { SysfsPwmProfile } from './profile.js';
import { openReadBack, type ReadBack } from './read-back.js';

/** How often the chip is looked at, in ms: one that lost its power is known after one look. */
const lookMs = 75;
/** Looks in a row without an answer until it counts as silent: a bus may stumble once. */
const mostSilent = 2;

type Events = Pick<DrivetrainEvents, 'onSilent' | 'onAnswering'>;

/**
 * Steering and motor on PWM channels of the kernel, as on the AWS DeepRacer and on Raspberry Pi cars with a PCA9685.
 * Nothing below has a watchdog: the kernel holds the last pulse, whoever dies.
 */
export class SysfsPwmDrivetrain implements Drivetrain {
  readonly #profile: SysfsPwmProfile;
  readonly #events: Events;
  readonly #hasMotor: boolean;
  readonly #files: KernelFiles;
  readonly #openChip: OpenI2cChip | undefined;
  #enable: EnableLine | undefined;
  #steering: string | undefined;
  #motor: string | undefined;
  #readBack: ReadBack | undefined;
  #looking: NodeJS.Timeout | undefined;
  #silent = 0;
  /** It was told that the chip does not answer, or lost what it was told. */
  #isTold = false;
  #mending: Promise<void> | undefined;
  #odd = 0;
  #started: Promise<void> | undefined;

  constructor(
    profile: SysfsPwmProfile,
    events: Events,
    { motor, files = kernelFiles, openChip }: { motor: boolean; files?: KernelFiles; openChip?: OpenI2cChip },
  ) {
    this.#hasMotor = motor;
    this.#profile = profile;
    this.#events = events;
    this.#files = files;
    this.#openChip = openChip;
  }

  start(): Promise<void> {
    this.#started = this.#start();
    return this.#started;
  }

  async #start(): Promise<void> {
    const { enable } = this.#profile;
    try {
      if (enable !== undefined) {
        this.#enable = await EnableLine.open(enable, this.#files);
        this.#enable.set(false);
      }
      this.#readBack = openReadBack(this.#profile, {
        files: this.#files,
        ...(this.#openChip === undefined ? {} : { open: this.#openChip }),
      });
      // It lost its power while nobody looked. One that nobody uses sleeps, and is woken by its first channel.
      if (isInUse(this.#profile, this.#files) && this.#readBack?.look() === 'reset') {
        await this.#reset();
      } else this.#readBack?.restore();
      await this.#open();
    } catch (cause) {
      throw lostBecause(cause);
    }
    this.write(neutral);
    if (this.#readBack !== undefined) this.#looking = setInterval(() => this.#look(), lookMs);
  }

  write(outputs: Outputs): void {
    if (this.#steering === undefined || this.#mending !== undefined) return;
    const { throttle, steering } = this.#isTold ? neutral : outputs;
    // The kernel drops what it believes to stand there already (drivers/pwm/core.c, pwm_apply_state), also after a write
    // that the bus lost: one nanosecond more or less makes each of them reach the chip, and is no other pulse.
    this.#odd = 1 - this.#odd;
    try {
      // The motor first: it is the one that hurts.
      if (this.#motor !== undefined) this.#files.write(this.#motor, pulse(throttle, this.#profile.motor) + this.#odd);
      this.#files.write(this.#steering, pulse(steering, this.#profile.steering) + this.#odd);
    } catch (cause) {
      // From 5.13 on the driver compares the chip's period before it writes: one that lost its power has another, and one that does
      // not acknowledge counts as 0 (pca9685_read_reg). Both are EBUSY; silence is told by the looks, for a bus may stumble once.
      const state = this.#readBack?.look();
      if (state === 'reset') this.#look();
      else if (state !== 'silent') throw lostBecause(cause);
    }
  }

  enable(on: boolean): void {
    this.#switch(on, this.#enable);
  }

  /** One that starts is waited for: neutral is what it does first. @throws PitwallError `outputs-lost` where neutral does not leave */
  async stop(): Promise<void> {
    await this.#started?.catch(() => {});
    clearInterval(this.#looking);
    await this.#mending;
    const enable = this.#enable;
    try {
      this.write(neutral);
    } finally {
      this.#motor = undefined;
      this.#steering = undefined;
      this.#enable = undefined;
      this.#readBack?.close();
      this.#readBack = undefined;
      this.#switch(false, enable);
    }
  }

  /** @throws PitwallError `outputs-lost` */
  #switch(on: boolean, enable: EnableLine | undefined): void {
    try {
      enable?.set(on);
    } catch (cause) {
      throw lostBecause(cause);
    }
  }

  async #reset(): Promise<void> {
    const { motor, steering } = this.#profile;
    const first = this.#hasMotor ? motor : steering;
    this.#readBack?.restore();
    await resetChip(this.#profile, first.channel, pulse(0, first), this.#files);
  }

  async #open(): Promise<void> {
    const { motor, steering } = this.#profile;
    if (this.#hasMotor) this.#motor = await openChannel(this.#profile, motor, this.#files);
    this.#steering = await openChannel(this.#profile, steering, this.#files);
  }

  /** What is lost is told within three looks; it is neutral from then on, and told again when it is mended. */
  #look(): void {
    if (this.#mending !== undefined) return;
    const state = this.#readBack?.look();
    if (state === 'right') {
      this.#silent = 0;
      if (this.#isTold) this.#answers();
    } else if (state === 'reset') {
      this.#tell('the PWM chip lost its power for a moment, and gave no pulse since; check its supply');
      this.#mending = this.#mend().finally(() => {
        this.#mending = undefined;
      });
    } else if (state === 'other-period') {
      this.#tell('something else gave the PWM chip another period; stop what it is (deepracer-core?)');
    } else if (state === 'silent') {
      this.#silent += 1;
      if (this.#silent === mostSilent)
        this.#tell('the PWM chip does not answer on its bus; check its wiring and power');
    }
  }

  #tell(message: string): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#events.onSilent(message);
  }

  #answers(): void {
    this.#isTold = false;
    this.#events.onAnswering();
  }

  /** What fails here is tried again with the next look. */
  async #mend(): Promise<void> {
    try {
      await this.#reset();
      await this.#open();
    } catch {}
  }
}
