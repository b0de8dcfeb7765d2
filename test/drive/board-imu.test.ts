import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingForBoards } from '../hardware/board.js';
import { Agent } from './agent.js';
import { BoardRig, type MotorSample } from './rigs.js';
import { TrackClient } from './track-client.js';
import { watchedCar } from './watched-car.js';

const missing = missingForBoards();
if (missing !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the emulated boards need ${missing}`);
  console.log(`skipped: an IMU on an emulated board, because ${missing} is missing`);
}

describe.skipIf(missing !== undefined)('an MPU-6050 on the board of a car with StandardFirmata', () => {
  const track = new TrackClient();
  const rig = new BoardRig('firmata');
  let motor: MotorSample = { micros: 0, at: 0 };
  let agent: Agent;
  const level = { x: 0, y: 0, z: 1, turn: 0 };
  const says = (text: string, times = 1) => track.sees(() => agent.output.split(text).length > times);

  beforeAll(async () => {
    rig.onMotor = (sample) => {
      motor = sample;
    };
    await Promise.all([track.start(), rig.start()]);
    rig.board.feel(level);
    const profile = watchedCar(rig, {
      camera: { kind: 'none' },
      imu: { kind: 'mpu6050' },
      motion: { rolled: 'stop' },
    });
    agent = new Agent({ track, profile, model: false });
    agent.start();
    await track.until('presence', ({ status }) => status === 'online');
    await says('the IMU is there');
  }, 60_000);
  afterAll(async () => {
    await agent.stop();
    await Promise.all([track.stop(), rig.stop()]);
  });

  it('is missed when its wire is off and found again when it is back, and the car drives all the while', async () => {
    await track.command({ type: 'arm', manual: true });
    await track.command({ type: 'start' });
    const hand = setInterval(() => track.give({ type: 'drive', steering: 0, throttle: 0.5 }), 60);
    try {
      await says('driving');
      rig.board.feel(null);
      await says('No MPU-6050 answers');
      expect((await track.command({ type: 'throttle-scale', percent: 100 })).safety).toBe('driving');
      expect(motor.micros).toBeLessThan(1440);
      rig.board.feel(level);
      await says('the IMU is there', 2);
      expect((await track.command({ type: 'throttle-scale', percent: 100 })).safety).toBe('driving');
    } finally {
      clearInterval(hand);
    }
  });

  it('feels that the car is picked up, and that it lies on its roof', async () => {
    track.mark();
    rig.board.feel({ ...level, z: 1.8 });
    expect((await track.until('event')).happening).toBe('picked-up');
    rig.board.feel({ ...level, z: -1 });
    expect((await track.until('event', ({ happening }) => happening === 'rolled-over')).happening).toBe('rolled-over');
  });
});
