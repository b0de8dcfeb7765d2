import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Alignment } from './alignment.js';

/** Deterministic uniform numbers from 0 to 1 (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface World {
  readonly seed: number;
  readonly ppm: number;
  readonly offset: number;
  readonly jitter: number;
  readonly skew: number;
}

function simulate({ seed, ppm, offset, jitter, skew }: World, seconds: number) {
  const random = seeded(seed);
  const gateAt = (t: number) => offset + t * (1 + ppm * 1e-6);
  const alignment = new Alignment();
  for (let t = 0; t < seconds * 1e6; t += 100_000) {
    const there = 200 + random() * jitter;
    const inside = 20;
    const back = 200 + random() * jitter * skew;
    alignment.add({
      sentAt: Math.floor(t),
      receivedAt: Math.floor(gateAt(t + there)),
      answeredAt: Math.floor(gateAt(t + there + inside)),
      returnedAt: Math.floor(t + there + inside + back),
    });
  }
  return { alignment, gateAt };
}

const world = fc.record({
  seed: fc.integer(),
  ppm: fc.integer({ min: -1000, max: 1000 }),
  offset: fc.integer({ min: 0, max: 1e13 }),
  jitter: fc.integer({ min: 1, max: 200_000 }),
  skew: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe('a clock aligned by hulls', () => {
  it('states a bound that the truth never leaves, however lopsided the delays', () => {
    fc.assert(
      fc.property(
        world,
        fc.integer({ min: 1, max: 90 }),
        fc.double({ min: 0, max: 1.5, noNaN: true }),
        (w, seconds, at) => {
          const { alignment, gateAt } = simulate(w, seconds);
          const truth = at * seconds * 1e6;
          const mapped = alignment.toController(gateAt(truth));
          expect(mapped).toBeDefined();
          expect(Math.abs((mapped?.value ?? 0) - truth)).toBeLessThanOrEqual((mapped?.bound ?? 0) + 2);
          const { value, bound } = alignment.rate;
          expect(Math.abs(value - 1 / (1 + w.ppm * 1e-6))).toBeLessThanOrEqual(bound + 1e-9);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is within 25 µs after 120 s of 20 ms jitter, ten probes a second', () => {
    const errors: number[] = [];
    for (let seed = 1; seed <= 40; seed++) {
      const { alignment, gateAt } = simulate({ seed, ppm: 100, offset: 5e9, jitter: 20_000, skew: 1 }, 120);
      errors.push(Math.abs((alignment.toController(gateAt(120e6))?.value ?? 0) - 120e6));
    }
    errors.sort((a, b) => a - b);
    expect(errors[20]).toBeLessThan(25);
  });

  it('names a step, and a clock that started again', () => {
    const { alignment, gateAt } = simulate({ seed: 1, ppm: 50, offset: 1e9, jitter: 2000, skew: 1 }, 60);
    const at = (t: number, step: number) =>
      alignment.add({
        sentAt: t,
        receivedAt: Math.floor(gateAt(t + 300) + step),
        answeredAt: Math.floor(gateAt(t + 320) + step),
        returnedAt: t + 620,
      });
    expect(at(61e6, 0)).toBe('taken');
    expect(at(61.1e6, 5_000_000)).toBe('step');
    expect(at(61.2e6, -900_000_000)).toBe('step');
  });

  it('follows a drift that changes slowly, and says what is impossible', () => {
    const alignment = new Alignment();
    let gate = 0;
    for (let i = 0; i < 9000; i++) {
      const t = i * 100_000;
      const ppm = 20 + (i / 9000) * 5;
      gate += 100_000 * (1 + ppm * 1e-6);
      const result = alignment.add({
        sentAt: t,
        receivedAt: Math.floor(gate + 200),
        answeredAt: Math.floor(gate + 200),
        returnedAt: t + 400,
      });
      expect(result).toBe('taken');
    }
    const mapped = alignment.toController(Math.floor(gate));
    expect(Math.abs((mapped?.value ?? 0) - 899_900_000)).toBeLessThan(400);
    expect(alignment.add({ sentAt: 1e9, receivedAt: 1e9, answeredAt: 9e8, returnedAt: 1e9 })).toBe('useless');
  });
});
