import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backOffMs, Retry } from './index.js';

const five = { firstMs: 500, mostMs: 300_000 };

it('doubles from the first wait to the longest, each a random half to whole of that', () => {
  expect([1, 2, 5, 11, 1000].map((failures) => backOffMs(failures, five, () => 1))).toEqual([
    500, 1000, 8000, 300_000, 300_000,
  ]);
  expect(backOffMs(3, five, () => 0)).toBe(1000);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, share) => {
      const wait = backOffMs(failures, five, () => share);
      expect(wait).toBeGreaterThanOrEqual(250);
      expect(wait).toBeLessThanOrEqual(300_000);
    }),
  );
});

it('has one timer, waits longer with each failure, and begins again once it has worked', () => {
  const set: { action: () => void; ms: number }[] = [];
  const cleared: unknown[] = [];
  const timers = {
    set: (action: () => void, ms: number) => set.push({ action, ms }),
    clear: (timer: unknown) => cleared.push(timer),
  };
  const retry = new Retry({ firstMs: 100, mostMs: 350, random: () => 1, timers });
  const action = () => {};
  expect([1, 2, 3, 4].map(() => retry.again(action))).toEqual([100, 200, 350, 350]);
  expect(retry.failures).toBe(4);
  expect(set).toEqual([100, 200, 350, 350].map((ms) => ({ action, ms })));
  expect(cleared).toEqual([undefined, 1, 2, 3]);
  retry.worked();
  expect(retry.failures).toBe(0);
  expect(retry.again(action)).toBe(100);
  retry.stop();
  expect(cleared.at(-1)).toBe(5);
});
