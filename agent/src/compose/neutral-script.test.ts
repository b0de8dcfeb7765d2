import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DrivetrainProfile } from '@pitwall/firmware-config';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepNeutralScript } from './neutral-script.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall it’s-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const pulses = { min: 1_000_000, mid: 1_500_000, max: 2_000_000, polarity: 1 };

it('makes PWM and enable line neutral by the shell alone', async () => {
  const channel = join(folder, 'pwm/pwmchip0/pwm0');
  mkdirSync(channel, { recursive: true });
  mkdirSync(join(folder, 'gpio/gpio514'), { recursive: true });
  for (const file of [join(channel, 'duty_cycle'), join(folder, 'gpio/gpio514/value')]) writeFileSync(file, '0\n');
  const drivetrain = DrivetrainProfile.parse({
    kind: 'sysfs-pwm',
    chip: 'pwmchip0',
    root: join(folder, 'pwm'),
    steering: { ...pulses, channel: 1 },
    motor: { ...pulses, channel: 0 },
    enable: { gpios: [436, 514], low: true, root: join(folder, 'gpio') },
  });
  await keepNeutralScript(drivetrain, true, folder);
  execFileSync('/bin/sh', [join(folder, 'neutral.sh')]);
  expect(readFileSync(join(channel, 'duty_cycle'), 'utf8')).toBe('1500000\n');
  expect(readFileSync(join(folder, 'gpio/gpio514/value'), 'utf8')).toBe('1\n');
});

it('says neutral to a board at a serial port, with the bytes that the agent would', async () => {
  const port = join(folder, 'port');
  writeFileSync(port, '');
  const drivetrain = DrivetrainProfile.parse({
    kind: 'firmata',
    port,
    steering: { ...pulses, pin: 10 },
    motor: { ...pulses, pin: 9 },
  });
  await keepNeutralScript(drivetrain, true, folder);
  const script = readFileSync(join(folder, 'neutral.sh'), 'utf8');
  // A plain file is no terminal.
  execFileSync('/bin/sh', ['-c', script.replace(/^stty.*$/m, '')]);
  // Firmata protocol: pin 9, 1500 µs as two halves of 7 bits.
  expect(readFileSync(port).includes(Buffer.from([0xe9, 1500 & 0x7f, 1500 >> 7]))).toBe(true);
});

it('leaves nothing without a service', () =>
  expect(keepNeutralScript({} as never, true, undefined)).resolves.toBeUndefined());
