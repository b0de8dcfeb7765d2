import { join } from 'node:path';
import { type I2cChip, type OpenI2cChip, openI2cChip } from '../i2c/index.js';
import { chipFolder, type PwmChip } from './chip.js';
import { type KernelFiles, kernelFiles } from './kernel-files.js';

// NXP PCA9685 data sheet, rev. 4: tables 4 and 5 and section 7.3.5. After power-on MODE1 is 0x11: asleep.
const mode1 = 0x00;
const asleep = 0x10;
const autoIncrement = 0x20;
const preScale = 0xfe;

/**
 * `right`: as it was told; `reset`: it lost its power meanwhile; `other-period`: something else set another one; `silent`: it
 * does not answer.
 */
export type ChipState = 'right' | 'reset' | 'other-period' | 'silent';

/** PRE_SCALE of a period in ns, as drivers/pwm/pwm-pca9685.c rounds it. */
export const preScaleOf = (period: number): number => Math.round((25 * period) / (4096 * 1000)) - 1;

/**
 * Looks at the PCA9685 itself, past its driver: sysfs answers from the kernel's memory, and the driver does not look whether
 * the chip took a write. Undefined where that is not possible: another chip, no i2c-dev, or not allowed.
 */
export function openReadBack(
  profile: PwmChip,
  { files = kernelFiles, open = openI2cChip }: { files?: KernelFiles; open?: OpenI2cChip } = {},
): ReadBack | undefined {
  const path = files.resolve(chipFolder(profile, files));
  // …/i2c-1/1-0040/pwm/pwmchip0
  const [, bus, address] = /\/i2c-\d+\/(\d+)-([0-9a-f]{4})\/pwm\//.exec(path) ?? [];
  if (bus === undefined || address === undefined) return undefined;
  try {
    if (!files.read(join(path, '../../name')).startsWith('pca9685')) return undefined;
    return new ReadBack(open(Number(bus), Number.parseInt(address, 16)), preScaleOf(profile.period));
  } catch {
    return undefined;
  }
}

export class ReadBack {
  readonly #chip: I2cChip;
  readonly #preScale: number;

  constructor(chip: I2cChip, wanted: number) {
    this.#chip = chip;
    this.#preScale = wanted;
  }

  look(): ChipState {
    try {
      // Its driver lets it sleep only while nobody uses a channel.
      if ((this.#chip.read(mode1) & asleep) !== 0) return 'reset';
      return this.#chip.read(preScale) === this.#preScale ? 'right' : 'other-period';
    } catch {
      return 'silent';
    }
  }

  /**
   * What the driver tells the chip when it finds it, and never again: to count up from register to register. Linux 6.12 writes the
   * four of an output in one go, and a chip that lost its power would take all of them for the first. @throws Error where it is silent
   */
  restore(): void {
    const mode = this.#chip.read(mode1);
    if ((mode & autoIncrement) === 0) this.#chip.write(mode1, mode | autoIncrement);
  }

  close(): void {
    this.#chip.close();
  }
}
