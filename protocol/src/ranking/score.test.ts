import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  comparePlacings,
  gapTime,
  lapTime,
  type Metric,
  type Placing,
  plusMinus,
  RankedList,
  type ScoredLap,
  scoreBy,
  scoreOf,
} from './index.js';

const lap = (number: number, seconds: number, over: Partial<ScoredLap> = {}): ScoredLap => ({
  lap: number,
  time: seconds * 1e6,
  penalty: 0,
  uncertainty: 10,
  valid: true,
  ...over,
});
const by = (ranking: Metric, qualifying = 1) => ({ ranking, qualifying });
const best = by({ by: 'best-lap' });
const average = by({ by: 'average', laps: 2 });
const total = by({ by: 'total', laps: 2 });

describe('a score', () => {
  const laps = [
    lap(1, 12, { uncertainty: 100 }),
    lap(2, 10, { uncertainty: 201, penalty: 1_000_000 }),
    lap(3, 13, { uncertainty: 400 }),
  ];

  it.each([
    ['the best lap', best, { score: 11_000_000, bestLap: 11_000_000, uncertainty: 201 }],
    ['an average', average, { score: 11_500_000, bestLap: 11_000_000, uncertainty: 151 }],
    ['a total', total, { score: 23_000_000, bestLap: 11_000_000, uncertainty: 301 }],
  ])('of %s carries its uncertainty, never better than it is, and the best lap', (_, rule, score) => {
    expect(scoreOf(laps, rule)).toEqual(score);
  });

  it('takes the earlier of two that are equal', () => {
    const equal = [lap(1, 10, { uncertainty: 1 }), lap(2, 10, { uncertainty: 2 })];
    expect(scoreOf(equal, best)?.uncertainty).toBe(1);
  });

  it('is told a lap’s time in another way', () => {
    expect(scoreBy(laps, best, ({ time }) => time)?.score).toBe(10_000_000);
  });

  it('qualifies by consecutive valid laps, wherever they are', () => {
    const broken = [lap(1, 10), lap(3, 10), lap(4, 10), lap(5, 10, { valid: false })];
    expect(scoreOf(broken, by({ by: 'best-lap' }, 2))?.score).toBe(10_000_000);
    expect(scoreOf(broken, by({ by: 'best-lap' }, 3))).toBeUndefined();
  });

  it('sums the first laps of a total across a lap that is missing', () => {
    expect(scoreOf([lap(3, 20), lap(1, 10), lap(7, 30)], by({ by: 'total', laps: 3 }))?.score).toBe(60_000_000);
  });
});

describe('laps that were measured together', () => {
  const part = { first: 2, of: 3 };
  /** Laps 2 to 4 are thirds of one time. */
  const laps = [lap(1, 12), lap(2, 9, { part }), lap(3, 9, { part }), lap(4, 9, { part }), lap(5, 11), lap(6, 11)];

  it.each([
    ['are no best lap', by({ by: 'best-lap' }), 11],
    ['are no average of some of them', by({ by: 'average', laps: 2 }), 11],
    ['are an average all together', by({ by: 'average', laps: 3 }), 9],
    ['are one together with a neighbour', by({ by: 'average', laps: 4 }), 9.5],
    ['are one together with all', by({ by: 'average', laps: 6 }), 61 / 6],
    ['count in a total', by({ by: 'total', laps: 3 }), 30],
  ])('%s', (_, rule, seconds) => {
    expect(scoreOf(laps, rule)?.score).toBe(Math.floor(seconds * 1e6));
  });

  it('are nothing where some of them do not count', () => {
    const some = laps.map((one) => (one.lap === 3 ? { ...one, valid: false } : one)).slice(1, 4);
    expect(scoreOf(some, best)).toBeUndefined();
  });

  it('do not keep a lap of its own from counting, whose part is not said', () => {
    expect(scoreOf([lap(1, 12, { part: null })], best)?.score).toBe(12_000_000);
    expect(scoreOf([lap(1, 12, { part: { first: 1, of: 1 } })], best)?.score).toBe(12_000_000);
  });
});

describe('places', () => {
  const placing = (score: number, finishedAt: number, resultId: string): Placing => ({ score, finishedAt, resultId });

  it.each([
    ['the lower score', placing(1000, 9, 'z'), placing(2000, 1, 'a')],
    ['of equal milliseconds the earlier', placing(1999, 1, 'z'), placing(1000, 2, 'a')],
    ['of one instant the lower id', placing(1000, 1, 'a'), placing(1999, 1, 'b')],
  ])('%s is before, from both sides', (_, a, b) => {
    expect(comparePlacings(a, b)).toBeLessThan(0);
    expect(comparePlacings(b, a)).toBeGreaterThan(0);
  });

  it('are equal of the same result alone', () => {
    expect(comparePlacings(placing(1000, 1, 'a'), placing(1999, 1, 'a'))).toBe(0);
  });
});

describe('a ranked list', () => {
  const numbers = (...of: number[]) => {
    const list = new RankedList<number>((a, b) => a - b);
    for (const one of of) list.add(one);
    return list;
  };

  it('that is empty has nothing, knows the place of what comes, and gives nothing away', () => {
    const list = numbers();
    expect([list.size, list.countBefore(5), list.remove(5), list.slice(0, 3)]).toEqual([0, 0, false, []]);
  });

  it('tells the place also of what is not in it', () => {
    const list = numbers(10, 20, 30);
    expect([5, 10, 15, 35].map((one) => list.countBefore(one))).toEqual([0, 0, 1, 3]);
    expect([5, 15, 35].map((one) => list.remove(one))).toEqual([false, false, false]);
    expect(list.size).toBe(3);
  });

  it('gives no items from before its beginning or behind its end', () => {
    const list = numbers(10, 20, 30);
    expect([list.slice(-1, 2), list.slice(3, 2), list.slice(2, 5), list.slice(1, 0)]).toEqual([[], [], [30], []]);
  });

  it('is right over many blocks, filled and emptied from either end', () => {
    const count = 3000;
    for (const order of [(i: number) => i, (i: number) => count - 1 - i, (i: number) => (i * 1009) % count]) {
      const list = numbers();
      for (let i = 0; i < count; i += 1) list.add(order(i));
      expect(list.slice(0, count)).toEqual(Array.from({ length: count }, (_, i) => i));
      for (const at of [0, 1, 255, 256, 257, 511, 512, 513, 1024, 2999]) {
        expect(list.countBefore(at)).toBe(at);
        expect(list.slice(at, 2)).toEqual([at, at + 1].filter((one) => one < count));
      }
      expect(list.slice(250, 1500)).toEqual(Array.from({ length: 1500 }, (_, i) => 250 + i));
      for (let i = 0; i < count; i += 1) {
        expect(list.remove(order(i))).toBe(true);
        if (i % 500 === 0) expect(list.countBefore(count)).toBe(list.size);
      }
      expect(list.size).toBe(0);
      list.add(7);
      expect(list.slice(0, 9)).toEqual([7]);
    }
  });

  it('asks of an item what its order asks, a few times and not of every item', () => {
    let asked = 0;
    const list = new RankedList<number>((a, b) => {
      asked += 1;
      return a - b;
    });
    for (let i = 0; i < 4096; i += 1) list.add(i);
    asked = 0;
    expect(list.countBefore(3000)).toBe(3000);
    expect(asked).toBeLessThan(20);
  });
});

describe('times in words', () => {
  it.each([
    [999, '±1.00 ms'],
    [1000, '±1.0 ms'],
    [9_999, '±10.0 ms'],
    [10_000, '±10 ms'],
    [999_999, '±1000 ms'],
    [1_000_000, '±1.0 s'],
    [10, '±0.01 ms'],
    [11, '±0.02 ms'],
  ])('an uncertainty of %i µs reads %s', (micros, text) => {
    expect(plusMinus(micros)).toBe(text);
  });

  it('no gap is +0.000, and a long one has its minutes', () => {
    expect(gapTime(8_000_999, 8_000_000)).toBe('+0.000');
    expect(gapTime(70_000_000, 5_000_000)).toBe('+1:05.000');
  });

  it('a lap’s milliseconds are cut off, never rounded', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 59_999_999 }), (micros) => {
        expect(Number(lapTime(micros))).toBe(Math.floor(micros / 1000) / 1000);
      }),
    );
  });
});
