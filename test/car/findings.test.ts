import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  batteryCheck,
  brokerCheck,
  type Check,
  calibrationCheck,
  cameraCheck,
  diskCheck,
  examine,
  imuCheck,
  lidarCheck,
  lightCheck,
  modelCheck,
  outputsCheck,
  type State,
  sweepCheck,
  table,
  temperatureCheck,
  videoCheck,
} from '@pitwall/agent/doctor';
import { type Camera, openPeripherals, type Peripherals } from '@pitwall/agent/hardware';
import { type LoadedModel, loadModel } from '@pitwall/agent/model';
import { type CarProfile, parseCarProfile } from '@pitwall/firmware-config';
import { CarId, type Micros } from '@pitwall/protocol';
import { now } from '@pitwall/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeArchive } from '../hardware/archive.js';
import { KernelTree } from '../hardware/kernel-tree.js';
import { ScriptedLidar } from '../hardware/scripted-lidar.js';

const folder = mkdtempSync(join(tmpdir(), 'pitwall-findings-'));
const archive = join(folder, 'tiny.tar.gz');
const endings: (() => unknown)[] = [];
beforeAll(() => writeArchive(archive, 'tiny'));
afterAll(async () => {
  for (const end of endings.splice(0)) await end();
  rmSync(folder, { recursive: true });
});

const profileWith = (part: object): CarProfile => {
  const drivetrain = { kind: 'simulated', degrees: 30, speed: 4 };
  const about = { schema: 1, name: 'x', description: 'x', calibrated: true, drivetrain, camera: { kind: 'none' } };
  return parseCarProfile(JSON.stringify({ ...about, mapping: { kind: 'stock' }, ...part }), 'x.yaml');
};
const peripherals = (part: object): Peripherals =>
  openPeripherals(profileWith(part), { now, events: () => ({ lost: () => {}, found: () => {} }) });
const tree = (plug: (tree: KernelTree) => void): KernelTree => {
  const made = new KernelTree();
  endings.push(() => made.remove());
  plug(made);
  return made;
};

/** A camera that sends so many frames a second, so many ms old. */
const camera = (sends: number, old: number): Check =>
  cameraCheck(
    { kind: 'none' },
    (): Camera => {
      let timer: NodeJS.Timeout | undefined;
      const data = new Uint8Array(160 * 120);
      return {
        rate: 10,
        health: { state: 'there', message: null, losses: 0 },
        start: async (onFrame) => {
          const frame = () =>
            onFrame({ at: (now() - old * 1000) as Micros, format: 'grey', width: 160, height: 120, data });
          if (sends > 0) timer = setInterval(frame, 1000 / sends);
        },
        stop: async () => clearInterval(timer),
      };
    },
    now,
  );

/** A BMI160, mounted upside down as on the car, that feels this. */
const imu = (feels: Parameters<KernelTree['plugImu']>[0], left = '-y', up = '-z'): Check =>
  imuCheck(() => {
    const { iio } = tree((made) => made.plugImu(feels));
    const mounting = { forward: 'x', left, up };
    return peripherals({ imu: { kind: 'iio', name: 'bmi160', root: iio, mounting } }).imu!;
  });

const battery = (millivolts: number | undefined): Check =>
  batteryCheck(() => {
    const { iio } = tree((made) => millivolts !== undefined && made.plugBattery(millivolts));
    return peripherals({ battery: { kind: 'iio-voltage', name: 'ads1015', root: iio } }).battery!;
  }, 6.8);

/** A lidar in a round room; of other things nothing comes back. */
const lidar = (metres: number, turns = true): Check => {
  const device = new ScriptedLidar((angle) => (angle < 20 ? metres : 0));
  device.stands = !turns;
  const check = lidarCheck(() => peripherals({ lidar: { kind: 'rplidar', port: device.port } }).lidar!);
  endings.push(() => device.stop());
  return { ...check, run: () => device.start().then(() => check.run()) };
};

const light = (channels: readonly number[]): Check =>
  lightCheck(() => {
    const { pwm } = tree((made) => made.plugPwm('pwmchip0', channels));
    return peripherals({ light: { kind: 'sysfs-pwm', chip: 'pwmchip0', root: pwm } }).light!;
  });

const temperature = (millidegrees: number | undefined): Check => {
  const root = mkdtempSync(join(folder, 'thermal-'));
  if (millidegrees !== undefined) {
    mkdirSync(join(root, 'thermal_zone0'));
    writeFileSync(join(root, 'thermal_zone0/temp'), `${millidegrees}\n`);
  }
  return temperatureCheck(profileWith({ limits: { temperature: 85 } }), root);
};

/** A program in ffmpeg's place that lists these encoders. */
const videos = (encoders: string): Check => {
  const program = join(mkdtempSync(join(folder, 'ffmpeg-')), 'ffmpeg');
  writeFileSync(program, `#!/bin/sh\necho '${encoders}'\n`);
  chmodSync(program, 0o755);
  return videoCheck(program);
};
const disk = (free: number | undefined): Check =>
  diskCheck('disk for models', join(folder, 'not/yet'), async () =>
    free === undefined ? undefined : { free: free * 2 ** 20, total: 2 ** 35 },
  );

/** The tiny model, which wants 1 m/s straight on. */
const model = (staged: { steeringDeg: number; speedMps: number } | undefined, takesMs = 0): Check =>
  modelCheck(
    {
      staged,
      load: async (): Promise<LoadedModel> => {
        const loaded = await loadModel(archive);
        const { policy } = loaded;
        const decide: typeof policy.decide = async (observation) => {
          if (takesMs > 0) await new Promise((resolve) => setTimeout(resolve, takesMs));
          return policy.decide(observation);
        };
        return { ...loaded, policy: { decide, close: () => policy.close() } as typeof policy };
      },
    },
    30,
  );

const serial = (port: string) =>
  ({
    kind: 'drive-unit',
    port,
    baud: 57_600,
    steering: { min: 1_200_000, mid: 1_450_000, max: 1_700_000, polarity: 1, pin: 10 },
    motor: { min: 1_311_000, mid: 1_446_000, max: 1_603_500, polarity: -1, pin: 9 },
  }) as const;

/** A port at which somebody listens and says nothing, until the test hangs up. */
const mute = (): Check => {
  const server = createServer((socket) => setTimeout(() => socket.destroy(), 200)).listen(0, '127.0.0.1');
  endings.push(() => server.close());
  return {
    name: 'link',
    run: () => {
      const { port } = server.address() as { port: number };
      return brokerCheck(CarId.parse('red'), { url: `mqtt://127.0.0.1:${port}`, password: 'x' }).run();
    },
  };
};

const rows: readonly [string, Check, State, RegExp, RegExp | null][] = [
  ['a good camera', camera(10, 12), 'ok', /^(9|10)\.\d frames\/s of 10, 1\d ms old$/, null],
  ['a slow camera', camera(4, 12), 'failed', /^[34]\.\d frames\/s of 10/, /more light, a shorter exposure/],
  ['a camera with old frames', camera(10, 90), 'warning', /, 9\d ms old$/, /raw format or a cropped/],
  ['a camera that sends nothing', camera(0, 0), 'failed', /^0\.0 frames/, /does another program use it/],
  ['an IMU at rest', imu({}), 'ok', /^\d+ samples; feels -?0\.00 -?0\.00 1\.00 g$/, null],
  ['an IMU that turns', imu({ turn: 40 }), 'warning', /feels/, /not at rest/],
  ['an IMU that is lifted', imu({ z: 1.4 }), 'warning', /1\.40 g$/, /let it stand still/],
  ['an IMU on its side', imu({ y: 1, z: 0 }), 'failed', /feels -?0\.00 1\.00 -?0\.00 g/, /correct imu.mounting/],
  ['an IMU mounted the other way', imu({}, 'y', 'z'), 'failed', /-1\.00 g$/, /hangs upside down/],
  ['a lidar', lidar(1), 'ok', /^\d+ turns in a second, 3\d\d distances/, null],
  ['a lidar whose motor stands', lidar(1, false), 'failed', /^not there$/, /says nothing; does it turn/],
  ['a full battery', battery(7400), 'ok', /^7\.4 V, the car stops below 6\.8$/, null],
  ['an empty battery', battery(6500), 'failed', /^6\.5 V/, /^Charge it\.$/],
  ['no battery', battery(undefined), 'failed', /^not there$/, /no ads1015/],
  ['a tail light', light([2, 3, 4]), 'ok', /did you see it/, null],
  ['a tail light without its channels', light([]), 'failed', /^not there$/, /pwmchip0/],
  ['a cool computer', temperature(48_000), 'ok', /^48 °C, the car stops at 85 °C$/, null],
  ['a warm computer', temperature(80_000), 'warning', /^80 °C/, /check fan and heat sink/],
  ['a hot computer', temperature(91_000), 'failed', /^91 °C/, /Let it cool down/],
  ['no thermometer', temperature(undefined), 'absent', /no thermometer/, null],
  ['a large disk', disk(9000), 'ok', /^9000 MB free of 32768 MB at .*not\/yet$/, null],
  ['a disk that fills up', disk(1500), 'warning', /^1500 MB/, /before a race day/],
  ['a full disk', disk(3), 'failed', /^3 MB free/, /Delete models and recordings, or move/],
  ['a disk that nobody can ask', disk(undefined), 'failed', /is not writable/, /Give it to the agent’s user/],
  ['ffmpeg of a distribution', videos(' V....D libx264   libx264 H.264 / AVC'), 'ok', /libx264/, null],
  ['an ffmpeg without H.264', videos(' V....D mpeg4   MPEG-4 part 2'), 'warning', /no libx264/, /apt install ffmpeg/],
  ['no ffmpeg', videoCheck('/nowhere/ffmpeg'), 'warning', /no ffmpeg/, /apt install ffmpeg/],
  ['a model as it was staged', model({ steeringDeg: 0, speedMps: 1 }), 'ok', /golden image 0\.0° 1\.00 m\/s/, null],
  ['another golden image', model({ steeringDeg: -12, speedMps: 1 }), 'failed', /and was -12\.0°/, /stage it again/],
  ['a slow model', model(undefined, 40), 'warning', /in \d+\.\d ms/, /too slow for 30 frames/],
  ['no model', modelCheck(undefined, 30), 'absent', /driven by hand only/, null],
  ['no link', brokerCheck(CarId.parse('red'), undefined), 'absent', /drives alone/, null],
  ['a broker that hangs up', mute(), 'failed', /does not answer/, /Check the Wi-Fi, link.url/],
  [
    'nobody at the broker’s port',
    brokerCheck(CarId.parse('red'), { url: 'mqtt://127.0.0.1:1', password: 'x' }),
    'failed',
    /^mqtt:\/\/127\.0\.0\.1:1: .*(ECONNREFUSED)/,
    /that the controller runs/,
  ],
  ['no board', outputsCheck(serial('/dev/pitwall-none')), 'failed', /^no \/dev\/pitwall-none$/, /Plug the board in/],
  ['a simulated car’s sweep', sweepCheck(profileWith({}).drivetrain, []), 'absent', /^simulated$/, null],
  [
    'a car that was never calibrated',
    calibrationCheck(profileWith({ calibrated: false }), undefined),
    'failed',
    /never/,
    /Lift it/,
  ],
  ['a calibrated car', calibrationCheck(profileWith({}), 4), 'ok', /^version 4$/, null],
];

describe('what the doctor finds', () => {
  it.concurrent.each(rows)('%s', async (_, check, state, found, todo) => {
    const [result] = await examine([check], () => {});
    expect(result).toMatchObject({ check: check.name, state, found: expect.stringMatching(found) });
    if (todo === null) expect(result?.todo).toBeNull();
    else expect(result?.todo).toMatch(todo);
  });

  it('is a table, with what to do below each row that wants something', () => {
    expect(
      table([
        { check: 'camera', state: 'ok', found: '30.0 frames/s', todo: null },
        { check: 'tail light', state: 'absent', found: 'none', todo: null },
        { check: 'IMU', state: 'warning', found: 'it moves', todo: 'Let it stand.' },
        { check: 'link', state: 'failed', found: 'silent', todo: 'Look at the Wi-Fi.' },
      ]).split('\n'),
    ).toEqual([
      'camera      ok       30.0 frames/s',
      'tail light  –        none',
      'IMU         WARNING  it moves',
      '                     → Let it stand.',
      'link        FAILED   silent',
      '                     → Look at the Wi-Fi.',
    ]);
  });
});
