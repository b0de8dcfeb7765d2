import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { diskSpace } from './disk-space.js';
import { temperature } from './thermometer.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pitwall-computer-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function zone(number: number, millidegrees: string): void {
  const folder = join(root, `thermal_zone${number}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'temp'), `${millidegrees}\n`);
}

it('tells the hottest of the computer’s sensors, also while some come and go', () => {
  expect(temperature(join(root, 'nowhere'))).toBeUndefined();
  expect(temperature(root)).toBeUndefined();
  zone(0, '41500');
  zone(1, '63000');
  expect(temperature(root)).toBe(63);
  rmSync(join(root, 'thermal_zone1'), { recursive: true });
  expect(temperature(root)).toBe(41.5);
  zone(1, '70000');
  zone(2, 'no number');
  expect(temperature(root)).toBe(70);
});

it('tells how much a disk still takes, and nothing of one that is gone', async () => {
  const space = await diskSpace(root);
  expect(space!.free).toBeGreaterThan(0);
  expect(space!.free).toBeLessThanOrEqual(space!.total);
  expect(await diskSpace(join(root, 'nowhere'))).toBeUndefined();
});
