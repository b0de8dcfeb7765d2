import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BatteryProfile } from '@pitwall/firmware-config';
import type { BatteryReading } from '../battery.js';
import { findBus } from './find-bus.js';

const run = promisify(execFile);

/** The register's lowest value of each level, from 11 down to 0 (aws-deepracer-i2c-pkg, battery_node.cpp). */
const steps = [0xec, 0xe0, 0xd9, 0xd3, 0xcf, 0xcb, 0xc8, 0xc5, 0xc3, 0xc0, 0xb4, 0x8c];

/** 0 to 11; undefined where the register says that there is no battery. */
export function levelOf(register: number): number | undefined {
  const step = steps.findIndex((least) => register >= least);
  return step === -1 ? undefined : steps.length - 1 - step;
}

/** The battery's level of a stock car. @throws Error with one sentence. */
export async function readLevel(
  profile: Extract<BatteryProfile, { kind: 'i2c-level' }>,
): Promise<Pick<BatteryReading, 'unit' | 'value'>> {
  const { address, register } = profile;
  const bus = findBus(profile);
  let answer: string;
  try {
    // -y asks nobody.
    answer = (await run('i2cget', ['-y', String(bus), String(address), String(register), 'b'], { timeout: 2000 }))
      .stdout;
  } catch (error) {
    throw new Error(
      (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? 'The battery cannot be read, because i2cget is not installed (Debian: i2c-tools).'
        : `The battery does not answer on I²C bus ${bus}; check wiring, and that this user may use the bus.`,
    );
  }
  const level = levelOf(Number(answer.trim()));
  if (level === undefined) throw new Error('The battery is not connected, or empty.');
  return { unit: 'level', value: level };
}
