import { realpathSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { openI2cRegisters } from '../i2c/index.js';

// BST-BMI160-DS000 rev. 1.0, section 2.11: PMU_STATUS, both parts normal; CMD and how long they take to wake, in ms.
const status = 0x03;
const parts = 0x3c;
const bothNormal = 0x14;
const command = 0x7e;
const wake = [
  [0x11, 5],
  [0x15, 81],
] as const;

/**
 * A BMI160 that lost its power sleeps, and its driver wakes it only when it finds it (bmi160_chip_init): past the driver, where this
 * user may use the bus. Where not, the chip measures nothing, which is told.
 * @param folder its IIO device, a link to …/i2c-1/1-0068/iio:device0
 */
export async function wakeBmi160(folder: string): Promise<void> {
  const [, bus, address] = /\/i2c-\d+\/(\d+)-([0-9a-f]{4})\//.exec(realpathSync(folder)) ?? [];
  if (bus === undefined || address === undefined) return;
  try {
    const registers = await openI2cRegisters(Number(bus), Number.parseInt(address, 16), true);
    try {
      const [is = bothNormal] = await registers.read(status, 1);
      if ((is & parts) === bothNormal) return;
      for (const [normal, ms] of wake) {
        await registers.write(command, normal);
        await wait(ms);
      }
    } finally {
      await registers.close();
    }
  } catch {
    // The bus is not allowed, or does not answer; the readings say so.
  }
}
