import { setTimeout as pause } from 'node:timers/promises';
import type { CameraProfile } from '@pitwall/firmware-config';
import type { Now } from '@pitwall/runtime';
import type { Battery, Camera, DeviceHealth, Imu, Lidar, Light, Motion } from '../hardware/index.js';
import { type Check, type Finding, failed, ok, warning } from './check.js';

/** A device that said nothing yet has this long (a lidar's motor comes up), one that said why it is not there less, in ms. */
const patience = { starting: 6000, gone: 2000, there: 0 };
const lookMs = 2000;

/** Anything that may come and go. */
export interface Device {
  readonly health: DeviceHealth;
  stop(): Promise<void>;
}

/**
 * Starts a device, waits until it is there, lets `look` say how it is, and stops it. A new kind of device is one line.
 */
export function deviceCheck<D extends Device>(
  name: string,
  open: () => D,
  start: (device: D) => Promise<void>,
  look: (device: D) => Promise<Finding>,
): Check {
  return {
    name,
    run: async () => {
      const device = open();
      try {
        await start(device);
        for (let waited = 0; waited < patience[device.health.state]; waited += 50) await pause(50);
        if (device.health.state !== 'there') {
          return failed('not there', device.health.message ?? 'Check its cable, power and the profile.');
        }
        return await look(device);
      } finally {
        await device.stop();
      }
    },
  };
}

/** Of what the profile promises. */
const leastRate = 0.85;

interface CameraAdvice {
  readonly none: string;
  readonly slow: string;
  readonly old: string;
}
const ofCameras: CameraAdvice = {
  none: 'It is there and sends nothing: does another program use it?',
  slow: 'Give it more light, a shorter exposure or a raw format.',
  old: 'Frames are old: choose a raw format or a cropped sensor mode.',
};
const ofPictures = ({ loop }: Extract<CameraProfile, { kind: 'file' }>): CameraAdvice => ({
  none: loop
    ? 'Reading a picture takes too long: use smaller ones, or a faster disk.'
    : 'Its pictures were over at once: give it more than one, or loop: true.',
  slow: 'Reading a picture takes too long: use smaller ones, a lower rate or a faster disk.',
  old: 'Reading a picture takes too long: use smaller ones, or a faster disk.',
});

/** How fast frames come, and how old they are when they do. `open` tells of pictures that cannot be read. */
export function cameraCheck(profile: CameraProfile, open: (skipped: () => void) => Camera, now: Now): Check {
  const advice = profile.kind === 'file' ? ofPictures(profile) : ofCameras;
  let skipped = 0;
  let ages: number[] = [];
  let [first, last] = [0, 0];
  const seen = () => {
    const count = ages.length;
    const age = ages.sort((a, b) => a - b)[Math.floor(count / 2)] ?? 0;
    return { count, age, rate: count < 2 ? 0 : ((count - 1) * 1_000_000) / (last - first) };
  };
  return deviceCheck(
    'camera',
    () =>
      open(() => {
        skipped += 1;
      }),
    (camera) =>
      camera.start(({ at }) => {
        const arrived = now();
        if (ages.length === 0) first = arrived;
        last = arrived;
        ages.push(arrived - at);
      }),
    async (camera) => {
      await pause(lookMs);
      let best = seen();
      // A computer that was busy for a moment is no slow camera: that one is slow whenever it is looked at.
      for (let again = 0; again < 2 && best.count >= 2 && best.rate < leastRate * camera.rate; again += 1) {
        ages = [];
        await pause(lookMs);
        const next = seen();
        if (next.rate > best.rate) best = next;
      }
      const { count, age, rate } = best;
      const unread = skipped === 0 ? '' : `, ${skipped} ${skipped === 1 ? 'file' : 'files'} left out`;
      const found = `${rate.toFixed(1)} frames/s of ${camera.rate}, ${(age / 1000).toFixed(0)} ms old${unread}`;
      if (count < 2) return failed(found, advice.none);
      if (rate < leastRate * camera.rate) return failed(found, advice.slow);
      if (age > 60_000) return warning(found, advice.old);
      if (skipped > 0) return warning(found, 'Delete the files that are no pictures, or copy them again.');
      return ok(found);
    },
  );
}

/** A car that stands feels one g, upwards, and turns nowhere. */
export function imuCheck(open: () => Imu): Check {
  const felt: Motion[] = [];
  return deviceCheck(
    'IMU',
    open,
    (imu) => imu.start((motion) => felt.push(motion)),
    async () => {
      await pause(lookMs / 2);
      const mean = (of: (motion: Motion) => number) =>
        felt.reduce((sum, one) => sum + of(one), 0) / Math.max(1, felt.length);
      const [x, y, z] = [mean((m) => m.x), mean((m) => m.y), mean((m) => m.z)];
      const turn = mean(({ turn }) => Math.abs(turn?.x ?? 0) + Math.abs(turn?.y ?? 0) + Math.abs(turn?.z ?? 0));
      const found = `${felt.length} samples; feels ${[x, y, z].map((one) => one.toFixed(2)).join(' ')} g`;
      if (felt.length === 0) return failed(found, 'It is there and says nothing: check its driver.');
      if (z < -0.7) return failed(found, 'It hangs upside down: correct imu.mounting in the profile.');
      if (Math.hypot(x, y) > 0.3)
        return failed(found, 'Up is elsewhere: stand the car level, or correct imu.mounting.');
      if (Math.abs(z - 1) > 0.1 || turn > 15)
        return warning(found, 'It is not at rest, or not calibrated: let it stand still.');
      return ok(found);
    },
  );
}

/** Which way up a car feels that is held so, g along forward, left and up; less than this is not held so. */
const heldG = 0.7;
const tilts = [
  { ask: 'Hold the car with its nose straight up', axis: 'x', name: 'forward' },
  { ask: 'Hold the car with its left side straight up', axis: 'y', name: 'left' },
] as const;
/** To read, to lift the car, and to hold it still, in ms. */
const tiltMs = 8000;

/** The two axes that a car on its wheels does not show: a wrong one turns crashes and curves round. */
export const tiltCheck = (open: () => Imu, say: (line: string) => void): Check => {
  let felt: Motion | undefined;
  return deviceCheck(
    'IMU, tilted',
    open,
    (imu) =>
      imu.start((motion) => {
        felt = motion;
      }),
    async () => {
      for (const { ask, axis, name } of tilts) {
        say(`${ask}.`);
        let seen = felt;
        for (let waited = 0; waited < tiltMs && (seen?.[axis] ?? 0) < heldG; waited += 50) {
          await pause(50);
          seen = felt;
        }
        const finding = tilted(seen, axis, name);
        if (finding !== undefined) return finding;
      }
      return ok('forward, left and up are where the profile says');
    },
  );
};

/** What is wrong with what is felt with an axis held up; undefined: nothing. */
export function tilted(felt: Motion | undefined, axis: 'x' | 'y', name: string): Finding | undefined {
  if (felt === undefined) return failed('it says nothing', 'Check its driver.');
  if (felt[axis] >= heldG) return undefined;
  const names = { x: 'forward', y: 'left', z: 'up' } as const;
  const along = (['x', 'y', 'z'] as const).find((one) => Math.abs(felt[one]) >= heldG);
  if (along === undefined || along === 'z')
    return failed('the car was not held so', 'Run it again, and hold the car still.');
  const where = felt[along] < 0 ? `the other way round along ${names[along]}` : `along ${names[along]}`;
  return failed(`${name} is felt ${where}`, `Correct imu.mounting.${name} in the profile.`);
}

export const lidarCheck = (open: () => Lidar): Check => {
  let [turns, ranges] = [0, 0];
  return deviceCheck(
    'lidar',
    open,
    (lidar) =>
      lidar.start((scan) => {
        turns += 1;
        ranges = scan.ranges.length;
      }),
    async () => {
      await pause(lookMs / 2);
      const found = `${turns} turns in a second, ${ranges} distances in the last`;
      if (turns === 0) return failed(found, 'It answers and does not turn: check its motor and power.');
      return ranges < 50 ? warning(found, 'It sees little: clean it, and check lidar.quality.') : ok(found);
    },
  );
};

export const batteryCheck = (open: () => Battery, least: number | undefined): Check =>
  deviceCheck(
    'battery',
    open,
    (battery) => battery.start(),
    async ({ reading }) => {
      if (reading === undefined) return failed('no reading', 'It answers and tells nothing: check its chip.');
      const unit = reading.unit === 'volts' ? ' V' : ' of 11';
      const found = `${reading.value}${unit}${least === undefined ? '' : `, the car stops below ${least}`}`;
      return least !== undefined && reading.value < least ? failed(found, 'Charge it.') : ok(found);
    },
  );

export const lightCheck = (open: () => Light): Check =>
  deviceCheck(
    'tail light',
    open,
    (light) => light.start(),
    async (light) => {
      light.show({ red: 1, green: 1, blue: 1 });
      await pause(lookMs / 4);
      return ok('it was white for half a second: did you see it?');
    },
  );
