import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { now } from '../clock.js';
import type { Motion } from '../imu.js';
import { IioAccelerometer } from './accelerometer.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pitwall-iio-'));
  const device = join(root, 'iio:device1');
  mkdirSync(device);
  mkdirSync(join(root, 'iio:device0'));
  writeFileSync(join(root, 'iio:device0', 'name'), 'adc\n');
  writeFileSync(join(device, 'name'), 'bmi160\n');
  // ±8 g over 16 bits
  writeFileSync(join(device, 'in_accel_scale'), '0.002394\n');
  for (const [axis, raw] of [
    ['x', 410],
    ['y', -819],
    ['z', -4096],
  ]) {
    writeFileSync(join(device, `in_accel_${axis}_raw`), `${raw}\n`);
  }
});
afterEach(() => rmSync(root, { recursive: true }));

it('tells what a car feels whose IMU is mounted upside down', async () => {
  const imu = new IioAccelerometer({ name: 'bmi160', inverted: true, root }, now);
  const motion = await new Promise<Motion>((resolve, reject) => imu.start(resolve).catch(reject));
  expect(motion.x).toBeCloseTo(0.1, 2);
  expect(motion.y).toBeCloseTo(0.2, 2);
  expect(motion.z).toBeCloseTo(1, 2);
  await imu.stop();
  await imu.stop();
});

it('says that there is none', async () => {
  const imu = new IioAccelerometer({ name: 'mpu6050', inverted: false, root }, now);
  await expect(imu.start(() => {})).rejects.toMatchObject({ code: 'not-found' });
});
