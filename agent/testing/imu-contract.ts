import { EventEmitter, once } from 'node:events';
import { now } from '@pitwall/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceEvents, Imu, Motion } from '../src/hardware/index.js';

export interface ImuUnderTest {
  make(events: DeviceEvents): Imu | Promise<Imu>;
  /** It is there, on a car that feels this: g along the car's axes, and °/s to the left. */
  plug(feels: { readonly x: number; readonly y: number; readonly z: number; readonly turn: number }): void;
  unplug(): void;
  stop(): Promise<void>;
}

const level = { x: 0, y: 0, z: 1, turn: 0 };

/** What an {@link Imu} promises, whatever chip it is. */
export function imuContract(name: string, open: () => Promise<ImuUnderTest>): void {
  describe(`an IMU by ${name}`, () => {
    let world: ImuUnderTest;
    let imu: Imu;
    let motions: Motion[];
    let told: string[];
    const news = new EventEmitter();
    const say = (what: string) => {
      told.push(what);
      news.emit('news');
    };
    const until = async (holds: () => boolean) => {
      while (!holds()) await once(news, 'news');
    };
    const onMotion = (motion: Motion) => {
      motions.push(motion);
      news.emit('news');
    };

    beforeEach(async () => {
      [motions, told] = [[], []];
      world = await open();
      imu = await world.make({ lost: say, found: () => say('found') });
    });
    afterEach(async () => {
      await imu.stop();
      await world.stop();
    });

    it('tells in g and °/s along the axes of the car, when it was felt', async () => {
      world.plug(level);
      const from = now();
      await imu.start(onMotion);
      await until(() => motions.length > 5);
      const times = motions.map(({ at }) => at);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times[0]!).toBeGreaterThanOrEqual(from);
      expect(times.at(-1)!).toBeLessThanOrEqual(now());
      world.plug({ x: 0.5, y: -0.25, z: 1, turn: 90 });
      await until(() => Math.abs(motions.at(-1)!.x - 0.5) < 0.01 && Math.abs((motions.at(-1)!.turn?.z ?? 0) - 90) < 1);
      const { x, y, z } = motions.at(-1)!;
      for (const [is, wanted] of [
        [x, 0.5],
        [y, -0.25],
        [z, 1],
      ] as const)
        expect(Math.abs(is - wanted)).toBeLessThan(0.01);
      expect(imu.health).toEqual({ state: 'there', message: null, losses: 0 });
    });

    it('feels a crash of 3 g and more, along each axis', async () => {
      world.plug({ x: -7, y: 5, z: 4, turn: 0 });
      await imu.start(onMotion);
      await until(() => motions.length > 0);
      const { x, y, z } = motions.at(-1)!;
      expect([x, y, z].map(Math.round)).toEqual([-7, 5, 4]);
    });

    it('tells nothing after it was stopped, however often', async () => {
      world.plug(level);
      await imu.start(onMotion);
      await until(() => motions.length > 1);
      await Promise.all([imu.stop(), imu.stop()]);
      const [before, words] = [motions.length, told.length];
      await imu.stop();
      await new Promise((resolve) => setImmediate(resolve));
      expect([motions.length, told.length]).toEqual([before, words]);
    });

    it('may be stopped before its start, and while it starts', async () => {
      world.plug(level);
      const starting = imu.start(onMotion);
      await imu.stop();
      await starting;
      const before = motions.length;
      await new Promise((resolve) => setImmediate(resolve));
      expect(motions).toHaveLength(before);
    });

    it('comes and goes by itself: not being there fails no start, is told once, and ends', async () => {
      await imu.start(onMotion);
      await until(() => told.length === 1);
      expect(imu.health).toEqual({ state: 'gone', message: told[0], losses: 0 });
      world.plug(level);
      await until(() => told.length === 2 && motions.length > 0);
      expect(imu.health).toEqual({ state: 'there', message: null, losses: 0 });
      world.unplug();
      await until(() => told.length === 3);
      expect(imu.health).toEqual({ state: 'gone', message: told[2], losses: 1 });
      const before = motions.length;
      world.plug(level);
      await until(() => told.length === 4 && motions.length > before);
      expect([told[1], told[3]]).toEqual(['found', 'found']);
    });
  });
}
