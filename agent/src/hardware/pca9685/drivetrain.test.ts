import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mostScale, readCarProfile } from '@pitwall/firmware-config';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pca9685Chip } from '../../../testing/pca9685-chip.js';
import { neutral, type Outputs } from '../drivetrain.js';
import { openChip } from './chip.js';
import { Pca9685Drivetrain } from './drivetrain.js';
import { pca9685Commands, pca9685Neutral } from './neutral.js';
import type { Pca9685Profile } from './profile.js';

const profile = readCarProfile('donkeycar').drivetrain as Pca9685Profile;
const full: Outputs = { steering: 1, throttle: 1 };
let chip: Pca9685Chip;
let told: string[];
let car: Pca9685Drivetrain;
let wanted: Outputs;

beforeEach(() => {
  vi.useFakeTimers();
  chip = new Pca9685Chip();
  told = [];
  wanted = neutral;
});
afterEach(async () => {
  await car?.stop();
  vi.useRealTimers();
});

async function started(motor = true): Promise<void> {
  const events = { onSilent: (why: string) => told.push(why), onAnswering: () => told.push('answers') };
  car = new Pca9685Drivetrain(profile, events, { motor, open: chip.open });
  await car.start();
}
/** The actuator process writes what is wanted every 25 ms. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 25) {
    car.write(wanted);
    await vi.advanceTimersByTimeAsync(25);
  }
}

describe('a PCA9685 without a driver of the kernel', () => {
  it('gives donkeycar’s pulses at its 60 Hz, and neutral before anything else', async () => {
    // Nothing but this computer stops its motor.
    expect(mostScale(profile)).toBe(30);
    await started();
    expect(chip.frequency).toBeCloseTo(59.8, 1);
    // donkeycar's counts (cfg_complete.py) in µs of this frequency; a count is 4.08.
    expect(chip.pulse(0)).toBeCloseTo(370 * 4.08, 0);
    expect(chip.pulse(1)).toBeCloseTo(375 * 4.08, 0);
    car.write(full);
    expect([chip.pulse(0), chip.pulse(1)].map((us) => Math.round((us ?? 0) / 4.08))).toEqual([500, 460]);
    car.write({ steering: -1, throttle: -1 });
    expect([chip.pulse(0), chip.pulse(1)].map((us) => Math.round((us ?? 0) / 4.08))).toEqual([220, 290]);
    await car.stop();
    expect(chip.pulse(0)).toBeCloseTo(370 * 4.08, 0);
  });

  it('gives a motor that nobody calibrated no pulse', async () => {
    await started(false);
    car.write(full);
    expect(chip.pulse(0)).toBeUndefined();
    expect(chip.pulse(1)).toBeCloseTo(460 * 4.08, 0);
  });

  it('is told within 250 ms when it does not answer, and is neutral with the first write that it takes', async () => {
    await started();
    wanted = full;
    await pass(50);
    chip.answers = false;
    await pass(250);
    expect(told).toEqual([expect.stringMatching(/does not answer/)]);
    expect(chip.pulse(0)).toBeCloseTo(500 * 4.08, 0);
    chip.answers = true;
    car.write(wanted);
    expect(chip.pulse(0)).toBeCloseTo(370 * 4.08, 0);
    await pass(100);
    expect(told).toEqual([expect.any(String), 'answers']);
    await pass(25);
    expect(chip.pulse(0)).toBeCloseTo(500 * 4.08, 0);
  });

  it('a single write that is lost is told to nobody', async () => {
    await started();
    wanted = full;
    chip.answers = false;
    car.write(wanted);
    chip.answers = true;
    await pass(500);
    expect(told).toEqual([]);
    expect(chip.pulse(0)).toBeCloseTo(500 * 4.08, 0);
  });

  it('that lost its power is told within 250 ms, set up anew and neutral', async () => {
    await started();
    wanted = full;
    await pass(50);
    chip.powerOn();
    await vi.advanceTimersByTimeAsync(75);
    expect(told).toEqual([expect.stringMatching(/lost its power/)]);
    expect(chip.frequency).toBeCloseTo(59.8, 1);
    expect(chip.pulse(0)).toBeCloseTo(370 * 4.08, 0);
    await vi.advanceTimersByTimeAsync(75);
    expect(told.at(-1)).toBe('answers');
  });

  it('is made neutral by another process, and left asleep where nobody woke it', async () => {
    pca9685Neutral(profile, chip.open);
    expect(chip.writes).toBe(0);
    await started();
    car.write(full);
    pca9685Neutral(profile, chip.open);
    expect(chip.pulse(0)).toBeCloseTo(370 * 4.08, 0);
    expect(pca9685Commands(profile)).toEqual([
      'i2cset -y 1 0x40 0x06 0x00 0x00 0x72 0x01 i',
      'i2cset -y 1 0x40 0x0a 0x00 0x00 0x77 0x01 i',
    ]);
  });

  it('is not opened where it is not there, silent or the kernel’s', async () => {
    chip.answers = false;
    await expect(started()).rejects.toMatchObject({ code: 'outputs-lost', message: expect.stringMatching(/wiring/) });
    const nowhere = { ...profile, bus: 'nowhere' };
    expect(() => openChip(nowhere, chip.open)).toThrow(/cannot be opened .*dtparam=i2c_arm=on/);
    const devices = mkdtempSync(join(tmpdir(), 'pitwall-i2c-'));
    mkdirSync(join(devices, '1-0040/driver'), { recursive: true });
    expect(() => openChip(profile, chip.open, devices)).toThrow(/kernel’s own driver .*sysfs-pwm/);
    rmSync(devices, { recursive: true });
  });
});
