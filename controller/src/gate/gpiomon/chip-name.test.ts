import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { chipName } from './chip-name.js';

let folder: string;
const path = process.env.PATH;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-chips-'));
  process.env.PATH = `${folder}:${path}`;
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});
/** As gpiodetect of libgpiod 1.6.3 and 2.2.1 prints chips. */
function detects(...lines: readonly string[]): void {
  writeFileSync(join(folder, 'gpiodetect'), `#!/bin/sh\ncat << 'END'\n${lines.join('\n')}\nEND\n`);
  chmodSync(join(folder, 'gpiodetect'), 0o755);
}
const pi = ['pinctrl-rp1', 'pinctrl-bcm2711', 'pinctrl-bcm2835'];

it('finds the chip of each Raspberry Pi by its label, whatever its number', async () => {
  detects('gpiochip0 [gpio-brcmstb@107d508500] (32 lines)', 'gpiochip4 [pinctrl-rp1] (54 lines)');
  expect(await chipName(pi)).toEqual({ name: 'gpiochip4' });
  detects('gpiochip0 [pinctrl-bcm2711] (58 lines)', 'gpiochip1 [raspberrypi-exp-gpio] (8 lines)');
  expect(await chipName(pi)).toEqual({ name: 'gpiochip0' });
});

it('takes a name as it is, without looking', async () =>
  expect(await chipName(['gpiochip7'])).toEqual({ name: 'gpiochip7' }));

it('says what there is, and that two are alike', async () => {
  detects('gpiochip0 [INT3452:00] (80 lines)');
  expect(await chipName(pi)).toEqual({ why: expect.stringMatching(/there are: INT3452:00 \(gpiochip0\)/) });
  detects();
  expect(await chipName(pi)).toEqual({ why: expect.stringMatching(/group gpio/) });
  detects('gpiochip0 [pinctrl-rp1] (54 lines)', 'gpiochip1 [pinctrl-rp1] (54 lines)');
  expect(await chipName(pi)).toEqual({ why: expect.stringMatching(/2 GPIO chips/) });
});
