import type { Stamp } from '@pitwall/protocol/race';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ServerClock } from './server-clock.js';

const stamp = (at: number, bootId = 'boot-a') => ({ bootId, at }) as Stamp;

test('nothing heard, nothing known', () => {
  expect(new ServerClock().at(5)).toBeNull();
});

test('the least delayed message decides: the clock is never ahead, and behind by the shortest way only', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 500_000 }), { minLength: 1, maxLength: 16 }), (delays) => {
      const clock = new ServerClock();
      const ahead = 7_000_000_000;
      let local = 0;
      for (const delay of delays) {
        local += 3_000_000;
        clock.hear(stamp(local + ahead - delay), local);
      }
      expect(clock.at(local)).toEqual(stamp(local + ahead - Math.min(...delays)));
    }),
  );
});

test('a new life of the controller’s clock begins anew', () => {
  const clock = new ServerClock();
  clock.hear(stamp(90_000_000), 1_000_000);
  clock.hear(stamp(5_000, 'boot-b'), 2_000_000);
  expect(clock.at(3_000_000)).toEqual(stamp(1_005_000, 'boot-b'));
});

test('a controller that slept is believed at once', () => {
  const clock = new ServerClock();
  clock.hear(stamp(10_000_000), 10_000_000);
  clock.hear(stamp(11_000_000), 71_000_000);
  expect(clock.at(72_000_000)).toEqual(stamp(12_000_000));
});
