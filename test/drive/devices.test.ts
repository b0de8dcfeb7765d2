import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeArchive } from '../hardware/archive.js';
import { KernelTree } from '../hardware/kernel-tree.js';
import { ScriptedLidar } from '../hardware/scripted-lidar.js';
import { StandInCameras } from '../hardware/stand-in-cameras.js';
import { Agent } from './agent.js';
import { type MotorSample, SysfsRig } from './rigs.js';
import { TrackClient } from './track-client.js';
import { watchedCar } from './watched-car.js';

const missing = existsSync('/usr/bin/socat') ? undefined : 'socat';
if (missing !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the car with all its devices needs ${missing}`);
  console.log(`skipped: a car with all its devices, because ${missing} is missing`);
}

/** A real car as the agent sees one: PWM, camera, IMU, lidar, battery and tail light, each where the kernel or a cable has it. */
describe.skipIf(missing !== undefined)('a car with all its devices', () => {
  const track = new TrackClient();
  const rig = new SysfsRig();
  const tree = new KernelTree();
  const cameras = new StandInCameras();
  const lidar = new ScriptedLidar(() => 2);
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-devices-'));
  const grey = new Uint8Array(320 * 240).fill(90);
  const neutral = 1446;
  let motor: MotorSample = { micros: 0, at: 0 };
  let agent: Agent;

  const profile = () =>
    watchedCar(rig, {
      camera: {
        kind: 'v4l2',
        device: cameras.plug('video0', grey),
        format: 'grey',
        width: 320,
        height: 240,
        // A stale frame is then 600 ms old: a busy machine holds up the stand-in for less.
        rate: 5,
      },
      limits: { battery: 6.6 },
      motion: { crash: 'stop', lifted: 'mark' },
      imu: { kind: 'iio', name: 'bmi160', mounting: { forward: 'x', left: '-y', up: '-z' }, root: tree.iio },
      lidar: { kind: 'rplidar', port: lidar.port },
      battery: { kind: 'iio-voltage', name: 'ads1015', factor: 2, every: 0.2, root: tree.iio },
      light: { kind: 'sysfs-pwm', chip: 'pwmchip5', root: tree.pwm },
    });
  const plugAll = async () => {
    tree.plugImu();
    tree.plugBattery(3700);
    tree.plugPwm('pwmchip5', [2, 3, 4]);
  };
  const light = () =>
    [2, 3, 4].map((channel) => Number.parseInt(tree.read(`pwm/pwmchip5/pwm${channel}/duty_cycle`), 10) / 1e7);
  const says = (text: string, times = 1) => track.sees(() => agent.output.split(text).length > times);
  /** It drives, and so says its motor. */
  const drives = async () => {
    await track.drive();
    while (Math.abs(motor.micros - neutral) <= 20) {
      track.mark();
      await track.until('telemetry');
      await track.drive();
    }
  };

  beforeAll(async () => {
    rig.onMotor = (sample) => {
      motor = sample;
    };
    await plugAll();
    await Promise.all([track.start(), rig.start(), lidar.start()]);
    const model = join(folder, 'lidar.tar.gz');
    writeArchive(model, 'tiny', 1, { lidar: true });
    agent = new Agent({ track, profile: profile(), model, env: cameras.env });
    agent.start();
    await track.until('telemetry', ({ action }) => action !== null);
    await says('the lidar is there');
  }, 60_000);
  afterAll(async () => {
    await agent.stop();
    await Promise.all([track.stop(), rig.stop(), lidar.stop()]);
    cameras.remove();
    tree.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('drives by its camera, and tells its battery', async () => {
    await track.sees(() => light().join() === '0,0,0.4');
    await drives();
    await track.sees(() => light()[1] === 1);
    // Five frames a second of its profile, 3 ms old when they leave the stand-in: once what was held up at the start is past.
    const { battery } = await track.until(
      'telemetry',
      (told) => told.framesPerSecond > 2.5 && told.framesPerSecond < 6 && told.latency.age.p50 > 2500,
    );
    expect(battery).toEqual({ unit: 'volts', value: 7.4 });
  });

  it('drives on while IMU, battery and light are gone, and has them again', async () => {
    tree.unplug('iio/iio:device0');
    tree.unplug('iio/iio:device1');
    tree.unplug('pwm/pwmchip5');
    for (const text of ['The IMU bmi160 cannot be read', 'shows no ads1015', 'The tail light cannot be written'])
      await says(text);
    expect((await track.command({ type: 'throttle-scale', percent: 100 })).safety).toBe('driving');
    // A frame that came late leaves the motor neutral for a moment.
    await track.sees(() => Math.abs(motor.micros - neutral) > 20);
    track.mark();
    expect((await track.until('telemetry')).battery).toBeUndefined();
    await plugAll();
    for (const device of ['IMU', 'battery', 'tail light']) await says(`the ${device} is there`, 2);
    expect(light()).toEqual([0, 1, 0]);
    expect((await track.command({ type: 'throttle-scale', percent: 100 })).safety).toBe('driving');
  });

  it('tells that it was picked up: a candidate for a reset, which does not stop it by itself', async () => {
    track.mark();
    tree.plugImu({ z: 1.7 });
    const { happening } = await track.until('event');
    expect(happening).toBe('picked-up');
    tree.plugImu();
    expect((await track.command({ type: 'throttle-scale', percent: 100 })).safety).toBe('driving');
  });

  it('stops when it hits something, where its profile says so', async () => {
    track.mark();
    tree.plugImu({ x: -4 });
    expect((await track.until('event', ({ happening }) => happening === 'crash')).happening).toBe('crash');
    await track.reaches(({ safety, reason }) => safety === 'faulted' && reason === 'crash');
    await track.sees(() => Math.abs(motor.micros - neutral) < 2);
    tree.plugImu();
    await drives();
  });

  it('stops without the lidar that its model needs, is not armed without it, and drives when it is back', async () => {
    await lidar.unplug();
    await track.reaches(({ safety, reason }) => safety === 'faulted' && reason === 'lidar-lost');
    expect(await track.command({ type: 'clear' })).toMatchObject({ outcome: 'done' });
    expect(await track.command({ type: 'arm' })).toMatchObject({ code: 'arming-refused', message: /lidar/ });
    await lidar.plug();
    await says('the lidar is there', 2);
    await drives();
  });

  it('stops without its camera, and drives when it is back', async () => {
    cameras.unplug('video0');
    await track.reaches(({ safety, reason }) => safety === 'faulted' && reason === 'stale-frame');
    await track.sees(() => Math.abs(motor.micros - neutral) < 2);
    await says('The camera');
    cameras.plug('video0', grey);
    await says('the camera is there', 2);
    await drives();
  });

  it('stops at an empty battery', async () => {
    tree.plugBattery(3200);
    await track.reaches(({ safety, reason }) => safety === 'faulted' && reason === 'battery-low');
    await track.sees(() => light()[0] === 1 && light()[1] === 0);
    expect(await track.command({ type: 'clear' })).toMatchObject({ code: 'fault-active', message: /battery/ });
    // A battery that falls silent while it was low stays low, until it says otherwise.
    tree.unplug('iio/iio:device1');
    await says('shows no ads1015', 2);
    expect(await track.command({ type: 'clear' })).toMatchObject({ code: 'fault-active', message: /battery/ });
    tree.plugBattery(3700);
    await drives();
  });
});
