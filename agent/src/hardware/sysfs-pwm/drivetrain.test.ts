import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { neutralAlone } from '../index.js';
import { SysfsPwmDrivetrain } from './drivetrain.js';
import type { SysfsPwmProfile } from './profile.js';

let root: string;
const first = (path: string) => readFileSync(join(root, path), 'utf8').split('\n')[0];
/** Pulses differ by a nanosecond from write to write. */
const pulse = (path: string) => String(Math.round(Number(first(path)) / 10) * 10);
const profile = (over: Partial<SysfsPwmProfile> = {}): SysfsPwmProfile => ({
  kind: 'sysfs-pwm',
  chip: '0000:00:17.0',
  root: join(root, 'pwm'),
  period: 20_000_000,
  steering: { channel: 1, min: 1_200_000, mid: 1_450_000, max: 1_700_000, polarity: 1 },
  motor: { channel: 0, min: 1_311_000, mid: 1_446_000, max: 1_603_500, polarity: -1 },
  enable: { gpios: [436, 514], low: true, root: join(root, 'gpio') },
  ...over,
});

const opened = (of: SysfsPwmProfile) =>
  new SysfsPwmDrivetrain(of, { onSilent: () => {}, onAnswering: () => {} }, { motor: true });

/** As a stock car under kernel 6.8: the chip is a symlink into the PCI device, and GPIO numbers start at 512. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pitwall-sysfs-'));
  const device = join(root, 'devices/pci0000:00/0000:00:17.0/pwm/pwmchip3');
  for (const channel of [0, 1]) {
    mkdirSync(join(device, `pwm${channel}`), { recursive: true });
    for (const name of ['period', 'duty_cycle', 'enable']) writeFileSync(join(device, `pwm${channel}`, name), '0\n');
  }
  mkdirSync(join(root, 'pwm'));
  symlinkSync(device, join(root, 'pwm/pwmchip3'));
  mkdirSync(join(root, 'gpio/gpio514'), { recursive: true });
  for (const name of ['direction', 'value']) writeFileSync(join(root, 'gpio/gpio514', name), '0\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('sysfs-pwm on a fake sysfs tree', () => {
  it('finds the chip by its device, sets the period, begins neutral and switched off', async () => {
    const drivetrain = opened(profile());
    await drivetrain.start();
    expect(first('pwm/pwmchip3/pwm0/period')).toBe('20000000');
    expect(pulse('pwm/pwmchip3/pwm0/duty_cycle')).toBe('1446000');
    expect(pulse('pwm/pwmchip3/pwm1/duty_cycle')).toBe('1450000');
    expect(first('pwm/pwmchip3/pwm0/enable')).toBe('1');
    expect(first('gpio/gpio514/direction')).toBe('high');
    expect(first('gpio/gpio514/value')).toBe('1');
    await drivetrain.stop();
  });

  it('writes what it is told, and neutral and off when it stops', async () => {
    const drivetrain = opened(profile());
    await drivetrain.start();
    drivetrain.enable(true);
    expect(first('gpio/gpio514/value')).toBe('0');
    drivetrain.write({ steering: 0.5, throttle: 1 });
    expect(pulse('pwm/pwmchip3/pwm0/duty_cycle')).toBe('1311000');
    expect(pulse('pwm/pwmchip3/pwm1/duty_cycle')).toBe('1575000');
    await drivetrain.stop();
    await drivetrain.stop();
    expect(pulse('pwm/pwmchip3/pwm0/duty_cycle')).toBe('1446000');
    expect(first('gpio/gpio514/value')).toBe('1');
  });

  it('takes a running channel to neutral without touching its period', async () => {
    writeFileSync(join(root, 'pwm/pwmchip3/pwm0/period'), '20000000\n');
    writeFileSync(join(root, 'pwm/pwmchip3/pwm0/duty_cycle'), '1311000\n');
    const drivetrain = opened(profile());
    await drivetrain.start();
    expect(pulse('pwm/pwmchip3/pwm0/duty_cycle')).toBe('1446000');
    await drivetrain.stop();
  });

  it('is neutral and off after `neutral` alone, whoever wrote before', async () => {
    writeFileSync(join(root, 'pwm/pwmchip3/pwm0/duty_cycle'), '1311000\n');
    writeFileSync(join(root, 'gpio/gpio514/value'), '0\n');
    await neutralAlone(profile(), { motor: true });
    expect(pulse('pwm/pwmchip3/pwm0/duty_cycle')).toBe('1446000');
    expect(first('gpio/gpio514/value')).toBe('1');
  });

  it.each([
    ['no such chip', { chip: 'pwmchip9' }],
    ['no sysfs', { root: '/nowhere' }],
    ['no such GPIO', { enable: { gpios: [1], low: true, root: '/nowhere' } }],
  ])('says what is wrong: %s', async (_, over) => {
    await expect(opened(profile(over)).start()).rejects.toMatchObject({ code: 'outputs-lost' });
  });

  it('notices that its outputs are gone', async () => {
    const drivetrain = opened(profile());
    await drivetrain.start();
    rmSync(join(root, 'gpio'), { recursive: true });
    expect(() => drivetrain.enable(true)).toThrow(expect.objectContaining({ code: 'outputs-lost' }));
  });
});
