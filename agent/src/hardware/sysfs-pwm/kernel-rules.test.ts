import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { errno, Pca9685Kernel } from '../../../testing/pca9685-kernel.js';
import { findChip, openPwm, tryPwm } from './chip.js';
import { SysfsPwmDrivetrain } from './drivetrain.js';
import { lostBecause } from './kernel-files.js';
import { sysfsNeutral } from './neutral.js';
import type { SysfsPwmProfile } from './profile.js';

const profile: SysfsPwmProfile = {
  kind: 'sysfs-pwm',
  chip: 'i2c-1',
  root: Pca9685Kernel.root,
  period: 20_000_000,
  steering: { channel: 1, min: 1_200_000, mid: 1_450_000, max: 1_700_000, polarity: 1 },
  motor: { channel: 0, min: 1_311_000, mid: 1_446_000, max: 1_603_500, polarity: -1 },
};
/** OFF counts: 4096 · pulse / period, rounded up. */
const neutralCount = 297;
const fullCount = 269;
const full = { steering: 0, throttle: 1 };

let told: string[];
const events = { onSilent: (message: string) => told.push(message), onAnswering: () => told.push('answers') };
const opened = (kernel: Pca9685Kernel, motor = true) =>
  new SysfsPwmDrivetrain(profile, events, { motor, files: kernel, openChip: kernel.openChip });

beforeEach(() => {
  told = [];
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

describe.each(['5.10', '6.12'] as const)('a PCA9685 under Linux %s', (version) => {
  it('starts on a chip that nobody used: period before pulse, motor before steering', async () => {
    const kernel = new Pca9685Kernel(version);
    await opened(kernel).start();
    expect(kernel.preScale).toBe(121);
    expect(kernel.off.get(0)).toBe(neutralCount);
    expect(kernel.off.get(1)).toBe(297);
  });

  it('waits until udev has given each channel to this user', async () => {
    vi.useRealTimers();
    const kernel = new Pca9685Kernel(version, { udevMs: 100 });
    const drivetrain = opened(kernel);
    await drivetrain.start();
    await drivetrain.stop();
    expect(kernel.off.get(0)).toBe(neutralCount);
  });

  it('every refresh reaches the bus, also of a value that stands there: a write that the bus lost is made good', async () => {
    const kernel = new Pca9685Kernel(version);
    const drivetrain = opened(kernel);
    await drivetrain.start();
    drivetrain.write(full);
    expect(kernel.off.get(0)).toBe(fullCount);
    kernel.answers = false;
    drivetrain.write({ steering: 0, throttle: 0 });
    kernel.answers = true;
    expect(kernel.off.get(0), 'the lost write').toBe(fullCount);
    const before = kernel.busWrites;
    for (let i = 0; i < 10; i++) drivetrain.write({ steering: 0, throttle: 0 });
    // After a write that the kernel itself refused (6.12), the first of the same value is none.
    expect(kernel.busWrites - before).toBeGreaterThanOrEqual(version === '6.12' ? 19 : 20);
    expect(kernel.off.get(0)).toBe(neutralCount);
    // Also by whoever writes neutral when the one that held the outputs is gone.
    drivetrain.write(full);
    kernel.answers = false;
    if (version === '6.12') expect(() => sysfsNeutral(profile, kernel)).toThrow(/EBUSY/);
    else sysfsNeutral(profile, kernel);
    kernel.answers = true;
    sysfsNeutral(profile, kernel);
    expect(kernel.off.get(0)).toBe(neutralCount);
  });

  it('a chip that lost its power is told within 250 ms, gives no pulse, and is neutral again when it is mended', async () => {
    const kernel = new Pca9685Kernel(version);
    const drivetrain = opened(kernel);
    await drivetrain.start();
    // A tail light on the same chip.
    await openPwm(profile, 2, 0, kernel);
    drivetrain.write(full);
    kernel.brownOut();
    let waited = 0;
    for (; told.length === 0 && waited <= 250; waited += 25) {
      await vi.advanceTimersByTimeAsync(25);
      if (told.length === 0) drivetrain.write(full);
    }
    expect(told).toEqual([expect.stringMatching(/lost its power/)]);
    expect(waited).toBeLessThanOrEqual(250);
    drivetrain.write(full);
    await vi.advanceTimersByTimeAsync(500);
    drivetrain.write(full);
    expect(told.at(-1)).toBe('answers');
    expect(kernel.preScale).toBe(121);
    expect(kernel.mode1 & 0x10).toBe(0);
    drivetrain.write({ steering: 0, throttle: 0 });
    expect(kernel.off.get(0)).toBe(neutralCount);
  });

  it('a chip that lost its power while nobody looked is mended at the start', async () => {
    const kernel = new Pca9685Kernel(version);
    await opened(kernel).start();
    kernel.brownOut();
    await opened(kernel).start();
    expect(kernel.preScale).toBe(121);
    expect(kernel.off.get(0)).toBe(neutralCount);
  });

  it('a bus that takes nothing is told within 250 ms, and the next write after it is neutral', async () => {
    const kernel = new Pca9685Kernel(version);
    const drivetrain = opened(kernel);
    await drivetrain.start();
    drivetrain.write(full);
    kernel.answers = false;
    // As the actuator process refreshes it.
    for (let passed = 0; passed < 250; passed += 25) {
      drivetrain.write(full);
      await vi.advanceTimersByTimeAsync(25);
    }
    expect(told).toEqual([expect.stringMatching(/does not answer/)]);
    kernel.answers = true;
    drivetrain.write(full);
    expect(kernel.off.get(0)).toBe(neutralCount);
    await vi.advanceTimersByTimeAsync(100);
    expect(told.at(-1)).toBe('answers');
    drivetrain.write(full);
    expect(kernel.off.get(0)).toBe(fullCount);
  });

  it('a motor whose neutral nobody knows gets no pulse', async () => {
    const kernel = new Pca9685Kernel(version);
    const drivetrain = opened(kernel, false);
    await drivetrain.start();
    drivetrain.write(full);
    expect(kernel.off.get(0)).toBeUndefined();
    expect(kernel.off.get(1)).toBe(297);
    await drivetrain.stop();
  });

  it('the doctor finds that it can be used, without a pulse and without leaving anything', async () => {
    const kernel = new Pca9685Kernel(version);
    await tryPwm(profile, 0, kernel);
    expect(kernel.off.get(0)).toBe(0);
    expect(kernel.exists('/sys/class/pwm/pwmchip0/pwm0')).toBe(false);
  });
});

describe('what the kernel refuses', () => {
  it('another period, while others use the chip: said as that, and the channel is given back', async () => {
    const kernel = new Pca9685Kernel('6.12');
    for (const channel of [5, 6]) kernel.write('/sys/class/pwm/pwmchip0/export', channel);
    await expect(opened(kernel).start()).rejects.toMatchObject({
      code: 'outputs-lost',
      message: expect.stringMatching(/pwm0\/period.*EBUSY.*another period/),
    });
    expect(kernel.exists('/sys/class/pwm/pwmchip0/pwm0')).toBe(false);
    await expect(tryPwm(profile, 0, kernel)).rejects.toMatchObject({ code: 'outputs-lost' });
  });

  it('a user without permission: what to do', async () => {
    const kernel = new Pca9685Kernel('6.12', { udevMs: 60_000 });
    await expect(opened(kernel).start()).rejects.toMatchObject({ message: expect.stringMatching(/group gpio/) });
  });

  it('each error number has a sentence of its own', () => {
    const sentences = ['EACCES', 'EBUSY', 'EINVAL', 'ENODEV', 'EREMOTEIO'].map(
      (code) => lostBecause(errno(code, '/f')).message,
    );
    expect(new Set(sentences).size).toBe(5);
    for (const sentence of sentences) expect(sentence).toMatch(/^\/f cannot be written \(E[A-Z]+\); .+[:;,].+\.$/);
  });
});

describe('which chip is meant', () => {
  it('a whole folder’s name on the way to it: i2c-1 is not i2c-10', () => {
    expect(findChip(Pca9685Kernel.root, 'i2c-1', new Pca9685Kernel('6.12'))).toBe('/sys/class/pwm/pwmchip0');
    const other = new Pca9685Kernel('6.12', { device: 'i2c-10/10-0040' });
    expect(findChip(Pca9685Kernel.root, 'i2c-1', other)).toBeUndefined();
    expect(findChip(Pca9685Kernel.root, '10-0040', other)).toBe('/sys/class/pwm/pwmchip0');
  });

  it('two that it could be are refused', () => {
    const kernel = new Pca9685Kernel('6.12');
    kernel.list = () => ['pwmchip0', 'pwmchip1'];
    expect(() => findChip(Pca9685Kernel.root, 'i2c-1', kernel)).toThrow(/pwmchip0, pwmchip1/);
  });
});
