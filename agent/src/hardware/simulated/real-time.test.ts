import type { Micros } from '@pitwall/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RealTime, stepMicros } from './real-time.js';

function world(rate: number, start = 1_000_000) {
  const steps: number[] = [];
  const frames: number[] = [];
  const scans: number[] = [];
  const realTime = new RealTime(
    {
      step: () => {},
      onStep: (at) => steps.push(at),
      onFrame: (at) => frames.push(at),
      onScan: (at) => scans.push(at),
      rate,
    },
    start as Micros,
  );
  return { realTime, steps, frames, scans };
}

describe('a world in real time', () => {
  it('makes every step at its exact time, whenever it is called', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 50 }), (gaps) => {
        const { realTime, steps } = world(15);
        let now = 1_000_000;
        for (const gap of gaps) {
          now += gap;
          realTime.advance(now as Micros);
        }
        expect(steps).toHaveLength(Math.floor((now - 1_000_000) / stepMicros));
        expect(steps.every((at, i) => at === 1_000_000 + (i + 1) * stepMicros)).toBe(true);
      }),
    );
  });

  it.each([15, 30, 60])('sends %d frames a second', (rate) => {
    const { realTime, frames } = world(rate);
    for (let ms = 0; ms <= 10_000; ms += 7) realTime.advance((1_000_000 + ms * 1000) as Micros);
    expect(Math.abs(frames.length - rate * 10)).toBeLessThanOrEqual(1);
    expect(Math.max(...frames.slice(1).map((at, i) => at - frames[i]!))).toBeLessThanOrEqual(1e6 / rate + stepMicros);
  });

  it('stands still while the process was held up, and never repeats or reorders a time', () => {
    const { realTime, steps } = world(15);
    realTime.advance(1_100_000 as Micros);
    realTime.advance(9_000_000 as Micros);
    realTime.advance(9_010_000 as Micros);
    expect(steps.length).toBeLessThan(30);
    expect(steps.at(-1)).toBeGreaterThan(9_000_000);
    expect(steps.every((at, i) => i === 0 || at > steps[i - 1]!)).toBe(true);
  });

  it('turns its lidar ten times a second', () => {
    const { realTime, scans } = world(15);
    for (let now = 1_000_000; now <= 2_000_000; now += 50_000) realTime.advance(now as Micros);
    expect(scans).toEqual(Array.from({ length: 10 }, (_, i) => 1_100_000 + i * 100_000));
  });
});
