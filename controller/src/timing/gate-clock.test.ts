import { BootId, type Micros } from '@pitwall/protocol';
import { expect, it } from 'vitest';
import { GateClock, unbounded } from './index.js';

const own = BootId.parse('own');
const theirs = BootId.parse('theirs');
const micros = (value: number) => Math.round(value) as Micros;

/** Probes from `from` to `to` s, of a clock that shows the controller's plus `ahead` s; 400 µs there and back. */
function probe(clock: GateClock, from: number, to: number, ahead: number, bootId = theirs): void {
  for (let t = from * 1e6; t < to * 1e6; t += 100_000) {
    const gate = t + 200 + ahead * 1e6;
    clock.add(bootId, { sentAt: t, receivedAt: gate, answeredAt: gate, returnedAt: t + 400 });
  }
}

it('begins a new epoch when the clock steps, and maps each crossing in its own', () => {
  const clock = new GateClock(own);
  probe(clock, 0, 60, 1000);
  probe(clock, 60, 90, 2000);
  expect(clock.steps).toBe(1);
  const before = clock.map(theirs, micros(1050e6), micros(95e6));
  const after = clock.map(theirs, micros(2080e6), micros(95e6));
  expect(Math.abs(after.at - 80e6)).toBeLessThanOrEqual(after.bound);
  expect(after.epoch).toBe('theirs+1');
  // Shown before the step; after it, the same would be long ago.
  expect(before.epoch).not.toBe(undefined);
  // A step backwards: what was shown before it would lie in the future.
  probe(clock, 100, 130, 10);
  const shownBefore = clock.map(theirs, micros(2089e6), micros(131e6));
  expect(shownBefore.epoch).toBe('theirs+1');
  expect(Math.abs(shownBefore.at - 89e6)).toBeLessThanOrEqual(shownBefore.bound);
});

it('keeps the lives of a gate that restarted, and knows nothing of a life it never asked', () => {
  const clock = new GateClock(own);
  probe(clock, 0, 30, 5);
  probe(clock, 40, 70, 0, BootId.parse('next'));
  const old = clock.map(theirs, micros(15e6), micros(71e6));
  expect(Math.abs(old.at - 10e6)).toBeLessThanOrEqual(old.bound);
  expect(clock.map(BootId.parse('never'), micros(1), micros(71e6))).toMatchObject({ at: 71e6, bound: unbounded });
  expect(clock.map(own, micros(7), micros(71e6))).toMatchObject({ at: 7, bound: 0, rate: { value: 1, bound: 0 } });
});
