import type { Micros } from '@pitwall/protocol';
import { describe, expect, it } from 'vitest';
import { feel, feelsLevel } from './motion.js';

/** What happened over samples at 50 Hz: [x, y, z, how many]. */
function over(...parts: readonly (readonly [number, number, number, number])[]): string[] {
  let feeling = feelsLevel;
  let at = 0;
  const all: string[] = [];
  for (const [x, y, z, count] of parts) {
    for (let i = 0; i < count; i++) {
      at += 20_000;
      const next = feel(feeling, { at: at as Micros, x, y, z });
      feeling = next.feeling;
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
