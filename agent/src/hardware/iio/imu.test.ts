import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { now } from '@pitwall/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Motion } from '../imu.js';
import { IioImu } from './imu.js';

let root: string;
/** Which way a BMI160 of ±8 g and ±1000 °/s is mounted on the AWS DeepRacer: upside down. */
const profile = () =>
  ({ kind: 'iio', name: 'bmi160', mounting: { forward: 'x', left: '-y', up: '-z' }, root }) as const;

function plug(gyro = true): void {
  const device = join(root, 'iio:device1');
  mkdirSync(device, { recursive: true });
  const write = (file: string, value: string) => writeFileSync(join(device, file), `${value}\n`);
  write('name', 'bmi160');
  write('in_accel_scale', '0.002394');
  for (const [axis, raw] of Object.entries({ x: 410, y: -819, z: -4096 })) write(`in_accel_${axis}_raw`, String(raw));
  if (!gyro) return;
  write('in_anglvel_scale', '0.000532632');
  for (const [axis, raw] of Object.entries({ x: 0, y: 0, z: -3277 })) write(`in_anglvel_${axis}_raw`, String(raw));
}
/** The kernel answers nothing for a device that is gone, on files that are still open. */
function unplug(): void {
  for (const axis of ['x', 'y', 'z']) truncateSync(join(root, 'iio:device1', `in_accel_${axis}_raw`));
  rmSync(join(root, 'iio:device1'), { recursive: true });
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pitwall-iio-'));
  mkdirSync(join(root, 'iio:device0'));
  writeFileSync(join(root, 'iio:device0', 'name'), 'adc\n');
  mkdirSync(join(root, 'trigger0'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function watched() {
  const told: string[] = [];
  let heard: () => void = () => {};
  const imu = new IioImu(profile(), {
    now,
    events: {
      lost: (message) => {
        told.push(message);
        heard();
      },
      found: () => {
        told.push('found');
        heard();
      },
    },
  });
  const until = async (count: number) => {
    while (told.length < count) await new Promise<void>((resolve) => (heard = resolve));
  };
  return { imu, told, until };
}
const firstOf = (imu: IioImu) => new Promise<Motion>((resolve) => void imu.start(resolve));

describe('an IMU that the kernel shows', () => {
  it('tells along the car’s axes what it feels and how it turns', async () => {
    plug();
    const { imu } = watched();
    const motion = await firstOf(imu);
    expect(motion.x).toBeCloseTo(0.1, 2);
    expect(motion.y).toBeCloseTo(0.2, 2);
    expect(motion.z).toBeCloseTo(1, 2);
    expect(motion.turn?.z).toBeCloseTo(100, 0);
    await imu.stop();
    await imu.stop();
  });

  it('does without a gyroscope', async () => {
    plug(false);
    const { imu } = watched();
    expect((await firstOf(imu)).turn).toBeUndefined();
    await imu.stop();
  });

  it('is waited for when it is not there, is missed when it goes, and found when it comes back', async () => {
    const { imu, told, until } = watched();
    await imu.start(() => {});
    await until(1);
    plug();
    await until(2);
    unplug();
    await until(3);
    expect(imu.health).toMatchObject({ state: 'gone', losses: 1 });
    plug();
    await until(4);
    expect(told).toEqual([
      expect.stringMatching(/no bmi160/),
      'found',
      expect.stringMatching(/cannot be read/),
      'found',
    ]);
    await imu.stop();
  });
});

describe('the range that a crash needs', () => {
  const scaleFile = () => join(root, 'iio:device1/in_accel_scale');
  /** drivers/iio/imu/bmi160: ±2 g after its reset, and what it can be told. */
  const afterReset = (available = '0.000598 0.001197 0.002394 0.004788') => {
    plug();
    writeFileSync(scaleFile(), '0.000598\n');
    writeFileSync(join(root, 'iio:device1/in_accel_scale_available'), `${available}\n`);
  };

  it('is set: a chip that was reset feels ±2 g', async () => {
    afterReset();
    const { imu } = watched();
    await firstOf(imu);
    expect(readFileSync(scaleFile(), 'utf8')).toMatch(/^0\.002394/);
    await imu.stop();
  });

  it('is demanded: a chip that cannot feel a crash is said to be none', async () => {
    afterReset('0.000598');
    const { imu, told, until } = watched();
    await imu.start(() => {});
    await until(1);
    expect(told[0]).toMatch(/feels ±2 g only/);
    await imu.stop();
  });
});

it('leaves no file open where it cannot be opened whole', async () => {
  plug();
  rmSync(join(root, 'iio:device1/in_anglvel_z_raw'));
  const open = () => readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).includes(root)).length;
  const linkOf = (fd: string) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  };
  const { imu, until } = watched();
  await imu.start(() => {});
  await until(1);
  await imu.stop();
  expect(open()).toBe(0);
});
