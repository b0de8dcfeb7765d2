import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clockText, comparePlacings, gapTime, lapTime, plusMinus } from './index.js';

test.each([
  [0, '0.000'],
  [11_520_537, '11.520'],
  [12_345_678, '12.345'],
  [59_999_999, '59.999'],
  [60_000_000, '1:00.000'],
  [62_345_000, '1:02.345'],
  [754_000_999, '12:34.000'],
])('%i µs is a lap of %s', (micros, text) => {
  expect(lapTime(micros)).toBe(text);
});

test('a clock is never ahead of what has passed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3_600_000_000 }), fc.constantFrom(0, 1, 2, 3), (micros, decimals) => {
      const [seconds, minutes = '0'] = clockText(micros, decimals as 0)
        .split(':')
        .reverse() as [string, string?];
      const shown = (Number(minutes) * 60 + Number(seconds)) * 1e6;
      expect(shown).toBeLessThanOrEqual(micros + 1e-3);
      expect(micros - shown).toBeLessThan(10 ** (6 - decimals) + 1e-3);
    }),
  );
});

test.each([
  [0, '±0.00 ms'],
  [41, '±0.05 ms'],
  [1_001, '±1.1 ms'],
  [12_001, '±13 ms'],
  [1_200_001, '±1.3 s'],
])('an uncertainty of %i µs reads %s', (micros, text) => {
  expect(plusMinus(micros)).toBe(text);
});

test('gaps', () => {
  expect(gapTime(8_123_400, 8_000_000)).toBe('+0.123');
  expect(gapTime(8_000_000, 9_002_000)).toBe('−1.002');
  expect(gapTime(8_100_100, 8_043_999)).toBe('+0.057');
});

test('of two times the one that is shown as less is ranked before, and two that are shown alike by who was first', () => {
  const micros = fc.integer({ min: 0, max: 3_600_000_000 });
  fc.assert(
    fc.property(micros, fc.oneof(micros, fc.integer({ min: -2000, max: 2000 })), (score, other) => {
      const to = other < 4000 ? Math.max(0, score + other) : other;
      const [a, b] = [score, to].map((one, index) => ({ score: one, finishedAt: index, resultId: '' }));
      const shown = [score, to].map((one) => {
        const [seconds, minutes = '0'] = lapTime(one).split(':').reverse() as [string, string?];
        return Number(minutes) * 60_000 + Math.round(Number(seconds) * 1000);
      }) as [number, number];
      expect(Math.sign(comparePlacings(a as never, b as never))).toBe(Math.sign(shown[0] - shown[1]) || -1);
    }),
    { numRuns: 2000 },
  );
});
