import type { Micros } from '@pitwall/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WallClock } from './wall-clock.js';

const second = 1_000_000;
const base = 2000;
const micros = (value: number) => Math.round(value) as Micros;

/** A wall clock that is `offset` behind ours and is set by `steps` (µs) at those moments; crossings with their delays. */
function place(crossings: readonly { at: number; delay: number }[], steps: readonly { at: number; by: number }[]) {
  const clock = new WallClock(base);
  const placed = crossings.map(({ at, delay }) => {
    const set = steps.filter((step) => step.at <= at).reduce((sum, { by }) => sum + by, 1.7e15);
    return { truth: at, ...clock.place(Math.floor(at + set), micros(at + delay)) };
  });
  return { clock, placed };
}

const laps = (count: number, delay = 300) =>
  Array.from({ length: count }, (_, i) => ({ at: (100 + 5 * i) * second, delay }));

describe("a wall clock's stamps, placed by their arrivals", () => {
  it.each([
    ['set back an hour', -3600],
    ['set forward an hour', 3600],
    ['set forward 0.9 s', 0.9],
    ['set back 0.13 s, as ntpd does it', -0.13],
    ['set back 0.4 s, as timesyncd does it', -0.4],
    ['set forward 0.4 s', 0.4],
  ])('%s between two passes: no lap looks better than it is', (_, by) => {
    const { clock, placed } = place(laps(8), [{ at: 117 * second, by: by * second }]);
    expect(clock.steps).toBe(1);
    for (const { at, error, truth } of placed) expect(Math.abs(at - truth)).toBeLessThanOrEqual(error);
    // Of laps that are not at the step, each is known well.
    expect(placed.at(-1)?.error).toBeLessThan(6000);
    expect(placed[4]?.error).toBeGreaterThanOrEqual(30_000);
  });

  it('that is set back by more than any line is late: nobody can know, and nothing is claimed', () => {
    const { placed } = place(laps(6), [{ at: 112 * second, by: -3600 * second }]);
    expect(placed.map(({ error }) => error === Number.MAX_SAFE_INTEGER)).toEqual([
      false,
      false,
      false,
      true,
      false,
      false,
    ]);
  });

  it('late by its delivery only: the stamp says when it was', () => {
    const { placed } = place([...laps(4), { at: 120 * second, delay: 25_000 }], []);
    expect(Math.abs((placed[4]?.at ?? 0) - 120 * second)).toBeLessThan(500);
    expect(placed[4]?.error).toBeGreaterThan(24_000);
  });

  it('after its program stood still: late or set, it bounds nothing', () => {
    const clock = new WallClock(base);
    for (const { at, delay } of laps(4)) clock.place(at, micros(at + delay));
    expect(clock.place(120 * second, micros(160 * second), true)).toMatchObject({ error: Number.MAX_SAFE_INTEGER });
  });

  const quickly = fc.integer({ min: 50, max: 1900 });
  const crossings = (latest: number) =>
    fc
      .array(fc.oneof({ weight: 3, arbitrary: quickly }, fc.integer({ min: 50, max: latest })), {
        minLength: 4,
        maxLength: 20,
      })
      // One of three in a row comes quickly: what the class is told.
      .map((delays) =>
        delays.map((each, i) => ({ at: (100 + 5 * i) * second, delay: i % 3 === 0 ? Math.min(each, 1900) : each })),
      );
  const isBounded = ({ at, error, truth }: ReturnType<typeof place>['placed'][number]) =>
    Math.abs(at - truth) <= error + 1;

  it('never further from the truth than they say, however often the clock is set', () => {
    const by = fc.oneof(
      fc.double({ min: -5000, max: -0.1, noNaN: true }),
      fc.double({ min: 0.1, max: 5000, noNaN: true }),
    );
    const step = fc.record({ at: fc.integer({ min: 100, max: 200 }), by: by.map((seconds) => seconds * second) });
    fc.assert(
      fc.property(crossings(25_000), fc.array(step, { maxLength: 3 }), (passes, steps) =>
        place(
          passes,
          steps.map((each) => ({ ...each, at: each.at * second })),
        ).placed.every(isBounded),
      ),
      { numRuns: 2000 },
    );
  });

  it('never further from the truth than they say, however late they come', () => {
    fc.assert(
      fc.property(crossings(900_000), (passes) => place(passes, []).placed.every(isBounded)),
      { numRuns: 2000 },
    );
  });
});
