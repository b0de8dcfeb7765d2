import type { Micros } from '@pitwall/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectMotion, levelMotion } from './motion.js';

/** What happened over samples at 50 Hz: [x, y, z, how many]. */
function over(...parts: readonly (readonly [number, number, number, number])[]): string[] {
  let state = levelMotion;
  let at = 0;
  const all: string[] = [];
  for (const [x, y, z, count] of parts) {
    for (let i = 0; i < count; i++) {
      at += 20_000;
      const next = detectMotion(state, { at: at as Micros, x, y, z });
      state = next.state;
      all.push(...next.happened);
    }
  }
  return all;
}

describe('what a car feels', () => {
  it.each([
    ['level', [[0, 0, 1, 100]], []],
    ['a corner at the limit of grip', [[0, 0.9, 1, 50]], []],
    ['a rough floor', Array.from({ length: 50 }, (_, i) => [0.3, 0.2, i % 2 === 0 ? 2.2 : 0.1, 1]), []],
    [
      'a crash',
      [
        [0, 0, 1, 10],
        [-3.2, 0, 1, 2],
        [0, 0, 1, 10],
      ],
      ['crash'],
    ],
    [
      'two crashes',
      [
        [-3.2, 0, 1, 2],
        [0, 0, 1, 10],
        [0, 4, 1, 1],
      ],
      ['crash', 'crash'],
    ],
    [
      'lifted with a swing',
      [
        [0, 0, 1, 10],
        [0, 0, 1.7, 15],
        [0, 0, 1, 10],
      ],
      ['picked-up'],
    ],
    [
      'on its roof',
      [
        [0, 0, 1, 10],
        [0, 0, -1, 60],
      ],
      ['picked-up', 'rolled-over'],
    ],
    ['on its side', [[0, 1, 0, 60]], ['picked-up', 'rolled-over']],
  ] as const)('%s', (_, parts, expected) => {
    expect(over(...(parts as unknown as readonly (readonly [number, number, number, number])[]))).toEqual(expected);
  });
});

type Felt = { readonly ms: number; readonly x: number; readonly y: number; readonly z: number };
function told(samples: readonly Felt[]): string[] {
  let state = levelMotion;
  let at = 0;
  return samples.flatMap(({ ms, ...felt }) => {
    at += ms * 1000;
    const next = detectMotion(state, { at: at as Micros, ...felt });
    state = next.state;
    return next.happened;
  });
}

describe('whatever the floor and the IMU’s rate', () => {
  /** An IMU that is read 25 to 200 times a second, none too evenly. */
  const ms = fc.integer({ min: 5, max: 40 });
  const g = (most: number) => fc.double({ min: -most, max: most, noNaN: true });
  const driving = fc.array(fc.record({ ms, x: g(1), y: g(1), z: g(0.4).map((shake) => 1 + shake) }), { maxLength: 60 });
  /** Bumps of up to 1.5 g up and down again, none longer than 100 ms. */
  const bump = fc
    .tuple(fc.double({ min: 1.01, max: 2.5, noNaN: true }), fc.double({ min: -0.5, max: 0.99, noNaN: true }))
    .map(([up, down]) => [up, up, down, down].map((z) => ({ ms: 25, x: 0.2, y: 0.2, z })));
  const lasting = (z: number, forMs: number) =>
    fc.array(fc.record({ ms, x: g(0.1), y: g(0.1), z: fc.constant(z) }), {
      minLength: Math.ceil(forMs / 5) + 1,
      maxLength: 150,
    });

  it('driving and a rough floor are nothing to tell', () => {
    fc.assert(
      fc.property(driving, fc.array(bump, { maxLength: 20 }), driving, (before, bumps, after) => {
        expect(told([...before, ...bumps.flat(), ...after])).toEqual([]);
      }),
    );
  });

  it('a hit is told once, however long it rings', () => {
    const hit = fc.array(
      fc.record({ ms, x: fc.double({ min: 3.01, max: 8, noNaN: true }), y: g(4), z: fc.constant(1) }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(driving, hit, driving, (before, ringing, after) => {
        expect(told([...before, ...ringing, ...after])).toEqual(['crash']);
      }),
    );
  });

  it('a hand and a roof are told once each', () => {
    fc.assert(
      fc.property(driving, lasting(1.8, 200), driving, (before, held, after) => {
        expect(told([...before, ...held, ...after])).toEqual(['picked-up']);
      }),
    );
    fc.assert(
      fc.property(driving, lasting(-1, 500), (before, lying) => {
        expect(told([...before, ...lying])).toEqual(['picked-up', 'rolled-over']);
      }),
    );
  });
});
