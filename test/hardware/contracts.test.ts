import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Imu, loadDrivetrain, openCamera, openPeripherals, SimulatedHardware } from '@pitwall/agent/hardware';
import { listPictures, readPicture } from '@pitwall/agent/model';
import { cameraContract } from '@pitwall/agent/testing/camera-contract';
import { drivetrainContract, shareOf } from '@pitwall/agent/testing/drivetrain-contract';
import { imuContract } from '@pitwall/agent/testing/imu-contract';
import { CameraProfile, CarProfile } from '@pitwall/firmware-config';
import { now } from '@pitwall/runtime';
import sharp from 'sharp';
import { afterAll, expect, it } from 'vitest';
import { Board, missingForBoards } from './board.js';
import { carWith } from './car-with.js';
import { KernelTree } from './kernel-tree.js';
import { StandInCameras } from './stand-in-cameras.js';

const missing = missingForBoards();
if (missing !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the emulated boards need ${missing}`);
  console.log(`skipped: drivetrains on emulated boards, because ${missing} is missing`);
}

const steering = { pin: 10, min: 1_200_000, mid: 1_450_000, max: 1_700_000, polarity: 1 };
const motor = { pin: 9, min: 1_311_000, mid: 1_446_000, max: 1_603_500, polarity: -1 };

for (const kind of missing === undefined ? (['firmata', 'drive-unit'] as const) : []) {
  drivetrainContract(
    `an emulated ATmega328P with ${kind === 'firmata' ? 'StandardFirmata' : 'our drive unit'}`,
    async () => {
      const board = new Board(kind);
      const micros = new Map<number, number>();
      board.onPulse = ({ pin, micros: width }) => micros.set(pin, width);
      await board.start();
      const profile = CarProfile.shape.drivetrain.parse({ kind, port: board.port, steering, motor });
      const make = await loadDrivetrain(profile, { motor: true });
      return {
        make,
        outputs: () => {
          const [turn, drive] = [micros.get(steering.pin), micros.get(motor.pin)];
          if (turn === undefined || drive === undefined) return undefined;
          return { steering: shareOf(turn * 1000, steering), throttle: shareOf(drive * 1000, motor) };
        },
        takeAway: () => board.unplug(),
        stop: () => board.stop(),
      };
    },
  );
}

const cameras = new StandInCameras();
const path = process.env.PATH;
Object.assign(process.env, cameras.env);
afterAll(() => {
  process.env.PATH = path;
  cameras.remove();
});

const [width, height, rate] = [320, 240, 50];
const grey = Uint8Array.from({ length: width * height }, (_, at) => at % 256);
const yuyv = Uint8Array.from({ length: 2 * grey.length }, (_, at) => at % 256);
const jpeg = await sharp(grey, { raw: { width, height, channels: 1 } })
  .jpeg()
  .toBuffer();

type Given = Parameters<typeof CameraProfile.parse>[0];
const opened = (given: Given) => (events: Parameters<typeof openCamera>[1]['events']) => {
  const profile = CameraProfile.parse(given);
  if (profile.kind === 'simulated') throw new Error('it comes with its world');
  return openCamera(profile, { now, listPictures, readPicture, skipped: () => {}, events });
};

const size = { width, height, rate };
for (const [name, device, bytes, given] of [
  ['V4L2, YUYV', 'video0', yuyv, { kind: 'v4l2', format: 'yuyv', ...size }],
  ['libcamera, MJPEG', 'camera0', jpeg, { kind: 'libcamera', format: 'mjpeg', ...size }],
] as const) {
  cameraContract(name, async () => ({
    make: opened((given.kind === 'v4l2' ? { ...given, device: join(cameras.folder, device) } : given) as Given),
    plug: () => void cameras.plug(device, bytes),
    unplug: () => cameras.unplug(device),
    stop: async () => cameras.unplug(device),
  }));
}

cameraContract('two of V4L2, of which one comes and goes', async () => {
  const device = cameras.plug('video0', grey);
  return {
    make: opened({ kind: 'v4l2', format: 'grey', ...size, device, right: join(cameras.folder, 'video1') } as Given),
    plug: () => void cameras.plug('video1', grey),
    unplug: () => cameras.unplug('video1'),
    stop: async () => {
      for (const name of ['video0', 'video1']) cameras.unplug(name);
    },
  };
});

for (const kind of ['a folder of pictures', 'an MJPEG file'] as const) {
  cameraContract(kind, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pitwall-pictures-'));
    const [away, here] = [join(folder, 'away'), join(folder, 'here')];
    if (kind === 'an MJPEG file') writeFileSync(away, Buffer.concat([jpeg, jpeg, jpeg]));
    else {
      mkdirSync(away);
      for (const at of [0, 1, 2]) {
        const picture = Buffer.concat([Buffer.from('P5\n160 120\n255\n'), Buffer.alloc(19_200, at)]);
        writeFileSync(join(away, `${at}.pgm`), picture);
      }
    }
    return {
      make: opened({ kind: 'file', path: here, rate: 100 } as Given),
      plug: () => renameSync(away, here),
      unplug: () => renameSync(here, away),
      stop: async () => rmSync(folder, { recursive: true, force: true }),
    };
  });
}

const simulated = async () => ({
  make: async () => {
    const hardware = new SimulatedHardware(
      { car: 'contract', track: 'oval', seed: 1, start: 0, rate: 30, poses: '' },
      () => {},
    );
    await hardware.open();
    return hardware;
  },
  plug: () => {},
  unplug: () => {},
  stop: async () => {},
});
cameraContract('a simulated world', simulated, { comesAndGoes: false });

it('a simulated world ends while a frame of it is half read', async () => {
  const { make } = await simulated();
  const camera = await make();
  // More comes meanwhile than one read takes.
  for (const from = performance.now(); performance.now() - from < 300; );
  await new Promise<void>((resolve, reject) => {
    void camera.start(() => void camera.stop().then(resolve, reject));
  });
  await camera.stop();
});

it('no camera at all says that, starts and stops', async () => {
  const camera = opened({ kind: 'none' })({ lost: () => {}, found: () => {} });
  await camera.start(() => expect.unreachable());
  expect(camera.health).toEqual({ state: 'gone', message: expect.stringMatching(/no camera/), losses: 0 });
  await camera.stop();
  await camera.stop();
});

imuContract('IIO, a BMI160 upside down', async () => {
  const tree = new KernelTree();
  return {
    make: (events) => {
      const imu = { kind: 'iio', name: 'bmi160', mounting: { forward: 'x', left: '-y', up: '-z' }, root: tree.iio };
      return openPeripherals(carWith({ imu }), { now, events: () => events }).imu as Imu;
    },
    plug: (feels) => tree.plugImu(feels),
    unplug: () => tree.unplug('iio/iio:device0'),
    stop: async () => tree.remove(),
  };
});
