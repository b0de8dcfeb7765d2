import { existsSync } from 'node:fs';
import { PitwallError } from '@pitwall/protocol';
import { findBus, type I2cChip, type OpenI2cChip, openI2cChip } from '../i2c/index.js';
import type { Pca9685Profile } from './profile.js';
import {
  asleep,
  autoIncrement,
  everyOffHigh,
  fullOff,
  mode1,
  mode2,
  preScale,
  preScaleOf,
  totemPole,
} from './registers.js';

/**
 * The chip of a profile through i2c-dev. One that the kernel's own driver has is refused: it would write, too.
 * @throws PitwallError `outputs-lost`
 */
export function openChip(
  profile: Pca9685Profile,
  open: OpenI2cChip = openI2cChip,
  devices = '/sys/bus/i2c/devices',
): I2cChip {
  const { address } = profile;
  const called = `PCA9685 0x${address.toString(16)} on I²C bus ${profile.bus}`;
  try {
    const bus = findBus(profile);
    if (existsSync(`${devices}/${bus}-${address.toString(16).padStart(4, '0')}/driver`))
      throw new PitwallError(
        'outputs-lost',
        `The kernel’s own driver has the ${called}; choose drivetrain.kind sysfs-pwm, or take its dtoverlay away.`,
      );
    return open(bus, address);
  } catch (cause) {
    if (cause instanceof PitwallError) throw cause;
    throw new PitwallError(
      'outputs-lost',
      `The ${called} cannot be opened (${(cause as Error).message}); check that I²C is on (dtparam=i2c_arm=on), and that this user is in the group i2c.`,
      { cause },
    );
  }
}

/** Whether it gives the pulses that it was told: awake, with the frequency of the profile. @throws Error where it is silent */
export const isSetUp = (chip: I2cChip, { frequency }: Pca9685Profile): boolean =>
  (chip.read(mode1) & (asleep | autoIncrement)) === autoIncrement && chip.read(preScale) === preScaleOf(frequency);

/** PRE_SCALE is taken asleep only (7.3.5); every output is off until it is told a pulse. @throws Error where it is silent */
export function setUp(chip: I2cChip, { frequency }: Pca9685Profile): void {
  chip.write(mode1, asleep | autoIncrement);
  chip.write(everyOffHigh, fullOff);
  chip.write(preScale, preScaleOf(frequency));
  chip.write(mode2, totemPole);
  chip.write(mode1, autoIncrement);
}
