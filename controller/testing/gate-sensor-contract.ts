import { BootId } from '@pitwall/protocol';
import type { Clock } from '@pitwall/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sensor } from '../src/gate/sensor.js';
import { Listener } from './sensor-listener.js';

export interface GateSensorUnderTest {
  make(): Sensor;
  /** The device is where it is looked for. */
  plug(): void | Promise<void>;
  unplug(): void | Promise<void>;
  /** A car comes by, twice between two plugs at most. */
  pass(): void | Promise<void>;
  stop(): void | Promise<void>;
}

/** What a gate's {@link Sensor} promises, whatever sees the car. */
export function gateSensorContract(
  name: string,
  open: () => Promise<GateSensorUnderTest>,
  /** This machine's: stamps of its life lie between what it says before and after. */
  clock: Clock,
): void {
  describe(`a gate’s sensor by ${name}`, () => {
    let world: GateSensorUnderTest;
    let sensor: Sensor;
    let listener: Listener;

    beforeEach(async () => {
      world = await open();
      sensor = world.make();
      listener = new Listener();
    });
    afterEach(async () => {
      await sensor.stop();
      await world.stop();
    });

    const is = (status: 'ok' | 'gone') => listener.until(() => listener.statuses.at(-1) === status);
    const seen = (count: number) => listener.until(() => listener.edges.length >= count);
    /** What is under way in this process arrives. */
    const settle = async () => {
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    };

    it('fails no start where no device is, says so, and finds it whenever it comes', async () => {
      await sensor.start(listener.events);
      await is('gone');
      expect(listener.messages[0]).toMatch(/\w+ \w+ \w+/);
      await world.plug();
      await is('ok');
      await world.pass();
      await seen(1);
      await world.unplug();
      await is('gone');
      const before = listener.edges.length;
      await world.plug();
      await is('ok');
      await world.pass();
      await seen(before + 1);
      expect(listener.statuses).toEqual(['gone', 'ok', 'gone', 'ok']);
    });

    it('stamps in whole µs of one clock’s life, with what the stamp may be wrong by', async () => {
      await world.plug();
      await sensor.start(listener.events);
      await is('ok');
      const before = clock.now();
      await world.pass();
      await seen(1);
      await world.pass();
      await seen(2);
      const after = clock.now();
      const [first, second] = [listener.edges[0]!, listener.edges.at(-1)!];
      expect(second.bootId).toBe(first.bootId);
      expect(second.at).toBeGreaterThanOrEqual(first.at);
      for (const { bootId, at, uncertainty, level, sensor: which } of listener.edges) {
        expect(BootId.parse(bootId)).toBe(bootId);
        for (const number of [at, uncertainty]) expect(Number.isSafeInteger(number)).toBe(true);
        expect(uncertainty).toBeGreaterThan(0);
        expect([undefined, 0, 1]).toContain(level);
        expect(which ?? 0).toBeGreaterThanOrEqual(0);
        if (bootId !== clock.bootId) continue;
        expect(at).toBeGreaterThanOrEqual(before - uncertainty);
        expect(at).toBeLessThanOrEqual(after + uncertainty);
      }
      expect(listener.lost).toBe(0);
    });

    it('says nothing after it was stopped, however often', async () => {
      await world.plug();
      await sensor.start(listener.events);
      await is('ok');
      await world.pass();
      await seen(1);
      await Promise.all([sensor.stop(), sensor.stop()]);
      const words = () => [listener.edges.length, listener.messages.length, listener.notes, listener.lost];
      const before = words();
      await world.unplug();
      await sensor.stop();
      await settle();
      expect(words()).toEqual(before);
    });

    it('may be stopped by who hears it, in the middle of what it has to say', async () => {
      await world.plug();
      let heard = 0;
      const stopped = new Promise<void>((resolve, reject) => {
        const edge = () => {
          heard += 1;
          sensor.stop().then(resolve, reject);
        };
        void sensor.start({ ...listener.events, edge }).catch(reject);
      });
      await is('ok');
      await world.pass();
      await stopped;
      const before = heard;
      await settle();
      expect(heard).toBe(before);
    });

    it('may be stopped before its start, and while it starts', async () => {
      await sensor.stop();
      await world.plug();
      const starting = sensor.start(listener.events);
      await sensor.stop();
      await starting;
      const before = listener.messages.length;
      await settle();
      expect(listener.messages).toHaveLength(before);
    });

    it('answers who asks for its clock or tells it what is kept, also while it is away', async () => {
      await sensor.start(listener.events);
      await is('gone');
      sensor.keep?.(clock.bootId, 1);
      const times = await sensor.probe?.();
      if (times !== undefined) expect(times.answeredAt).toBeGreaterThanOrEqual(times.receivedAt);
      await sensor.stop();
      sensor.keep?.(clock.bootId, 1);
      await sensor.probe?.();
    });
  });
}
