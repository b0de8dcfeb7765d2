import { now } from '@pitwall/runtime';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EmulatedImuChip } from '../../../testing/imu-chips.js';
import { imuContract } from '../../../testing/imu-contract.js';
import type { Motion } from '../imu.js';
import { type I2cImuProfile, imuChips } from './chips.js';
import { I2cImu } from './imu.js';

/** Upside down, as on an AWS DeepRacer. */
const mounting = { forward: 'x', left: '-y', up: '-z' } as const;
const profileOf = (chip: I2cImuProfile['chip']): I2cImuProfile => ({
  kind: 'i2c',
  chip,
  bus: '1',
  mounting,
  root: '/sys/class/i2c-dev',
});
type ChipName = keyof typeof imuChips;
const names = Object.keys(imuChips) as ChipName[];
const level = { x: 0, y: 0, z: -1, turn: 0 };

for (const name of names) {
  imuContract(`I²C, ${imuChips[name].name}`, async () => {
    const chip = new EmulatedImuChip(name);
    return {
      make: (events) => new I2cImu(profileOf(name), { now, events, open: chip.registers }),
      plug: ({ x, y, z, turn }) => chip.plug({ x, y: -y, z: -z, turn: -turn }),
      unplug: () => chip.unplug(),
      stop: async () => expect(chip.open).toBe(0),
    };
  });
}

let imu: I2cImu | undefined;
afterEach(() => imu?.stop());

function started(profile: I2cImuProfile, chip: EmulatedImuChip) {
  const told: string[] = [];
  let felt: Motion | undefined;
  const made = new I2cImu(profile, {
    now,
    events: { lost: (why) => told.push(why), found: () => told.push('found') },
    open: chip.registers,
  });
  imu = made;
  void made.start((motion) => {
    felt = motion;
  });
  return { told, felt: () => felt };
}
const soon = { timeout: 4000, interval: 5 };

describe.each(names)('a %s that loses its power while it is read', (name) => {
  it('is told, set again, and feels a crash after it', async () => {
    const chip = new EmulatedImuChip(name);
    chip.plug(level);
    const { told, felt } = started(profileOf(name), chip);
    await vi.waitFor(() => expect(felt()?.z).toBeCloseTo(1, 2), soon);
    told.length = 0;
    chip.losePower();
    await vi.waitFor(
      () => expect(told).toEqual([expect.stringMatching(/lost its power|does not answer/), 'found']),
      soon,
    );
    chip.plug({ ...level, x: -7 });
    await vi.waitFor(() => expect(felt()?.x).toBeCloseTo(-7, 1), soon);
  });
});

it('another chip at that address is named', async () => {
  const chip = new EmulatedImuChip('mpu9250');
  chip.plug(level);
  await vi.waitFor(async () => (await chip.registers()).read(0, 1), soon);
  const { told } = started(profileOf('bmi160'), chip);
  await vi.waitFor(() => expect(told).toHaveLength(1), soon);
  expect(told[0]).toMatch(/0x68 on I²C bus 1 is no BMI160 \(it says 0x0\).*imu\.chip/);
});
