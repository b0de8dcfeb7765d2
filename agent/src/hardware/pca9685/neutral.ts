import { neutral } from '../drivetrain.js';
import { findBus, type OpenI2cChip } from '../i2c/index.js';
import { lineWrites, writeAll } from '../sysfs-pwm/index.js';
import { isSetUp, openChip } from './chip.js';
import { outputRegisters } from './output-registers.js';
import type { Pca9685Profile } from './profile.js';

/** What makes it neutral. */
const neutralRegisters = (profile: Pca9685Profile) => outputRegisters(profile, neutral, true);

/**
 * Enable line off and neutral, at once and from any process. A chip that nobody set up gives no pulse, and is left so.
 * @throws PitwallError `outputs-lost`, or the error of the bus
 */
export function pca9685Neutral(profile: Pca9685Profile, open?: OpenI2cChip): void {
  writeAll(lineWrites(profile.enable));
  const chip = openChip(profile, open);
  try {
    if (!isSetUp(chip, profile)) return;
    for (const { register, values } of neutralRegisters(profile)) chip.write(register, ...values);
  } finally {
    chip.close();
  }
}

/** The same by i2cset (Debian: i2c-tools), for a script of the shell. */
export function pca9685Commands(profile: Pca9685Profile): string[] {
  const hex = (value: number) => `0x${value.toString(16).padStart(2, '0')}`;
  return neutralRegisters(profile).map(
    ({ register, values }) =>
      `i2cset -y ${findBus(profile)} ${hex(profile.address)} ${[register, ...values].map(hex).join(' ')} i`,
  );
}
