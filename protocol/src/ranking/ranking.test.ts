import fc from 'fast-check';
import { expect, it } from 'vitest';
import { comparePlacings, metricInWords, RankedList, type ScoredLap, scoreOf } from './index.js';

const lap = (number: number, seconds: number, over: Partial<ScoredLap> = {}): ScoredLap => ({
  lap: number,
  time: seconds * 1e6,
  penalty: 0,
  uncertainty: 10,
  valid: true,
  ...over,
});
const best = { ranking: { by: 'best-lap' as const }, qualifying: 1 };
const average = { ranking: { by: 'average' as const, laps: 3 }, qualifying: 1 };
const total = { ranking: { by: 'total' as const, laps: 2 }, qualifying: 2 };

it.each([
  ['the fastest lap counts', best, [lap(1, 12), lap(2, 11)], 11e6],
  ['a penalty counts', best, [lap(1, 12), lap(2, 11, { penalty: 2e6 })], 12e6],
  ['an invalid lap does not', best, [lap(1, 12), lap(2, 11, { valid: false })], 12e6],
  ['nothing qualifies without a valid lap', best, [lap(1, 12, { valid: false })], undefined],
  ['nothing qualifies without laps', best, [], undefined],
  ['the best three neighbours', average, [lap(1, 30), lap(2, 10), lap(3, 11), lap(4, 12)], 11e6],
  ['in order of number, however sent', average, [lap(4, 12), lap(2, 10), lap(1, 30), lap(3, 11)], 11e6],
  ['an invalid lap ends a run', average, [lap(1, 10), lap(2, 11), lap(3, 1, { valid: false }), lap(4, 12)], undefined],
  ['a missing number ends a run', average, [lap(1, 10), lap(2, 11), lap(4, 12)], undefined],
  ['an average is cut to whole µs', average, [lap(1, 10), lap(2, 10), lap(3, 10.000001)], 10e6],
  ['the total of the first two', total, [lap(1, 12), lap(2, 11), lap(3, 10)], 23e6],
  ['too few for the total', total, [lap(1, 12)], undefined],
  ['too few to qualify', { ...best, qualifying: 3 }, [lap(1, 12), lap(2, 12)], undefined],
] as const)('%s', (_name, rule, laps, score) => {
  expect(scoreOf(laps, rule)?.score).toBe(score);
});

it('says a metric in words', () => {
  expect([best, average, total].map(({ ranking }) => metricInWords(ranking))).toEqual([
    'best lap',
    'average of 3 consecutive laps',
    'total of 2 laps',
  ]);
});

it('ranks by whole milliseconds, equal ones by the earlier result', () => {
  const at = (score: number, finishedAt: number, resultId: string) => ({ score, finishedAt, resultId });
  const ordered = [at(9_999, 9, 'a'), at(10_999, 1, 'c'), at(10_001, 2, 'b'), at(10_001, 2, 'd'), at(11_000, 0, 'e')];
  expect([...ordered].reverse().sort(comparePlacings)).toEqual(ordered);
});

it('knows the place of every item, whatever was added and removed', () => {
  const step = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 300 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), fc.integer({ min: 1, max: 8 }), (steps, spread) => {
      const list = new RankedList<number>((a, b) => a - b);
      const model = new Set<number>();
      // Spread fills several blocks at once.
      for (const [adds, value] of steps)
        for (let index = 0; index < spread; index += 1) {
          const item = value * spread + index;
          if (adds && !model.has(item)) list.add(item);
          if (adds) model.add(item);
          else expect(list.remove(item)).toBe(model.delete(item));
        }
      const sorted = [...model].sort((a, b) => a - b);
      expect(list.size).toBe(sorted.length);
      expect(list.slice(0, sorted.length)).toEqual(sorted);
      expect(list.slice(3, 5)).toEqual(sorted.slice(3, 8));
      sorted.forEach((item, index) => {
        expect(list.countBefore(item)).toBe(index);
      });
    }),
    { numRuns: 60 },
  );
});
