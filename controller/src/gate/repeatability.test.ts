import { BootId, type Micros } from '@pitwall/protocol';
import { describe, expect, it } from 'vitest';
import { fromPeriods, fromWidths, passesOf } from './repeatability.js';

/** Normal noise from a seeded generator (Box and Muller). */
function noise(seed: number, sigma: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 1) / 4_294_967_297;
  };
  return () => sigma * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

describe('the repeatability of a sensor', () => {
  it('is found from equal passes', () => {
    const error = noise(1, 100);
    const widths = Array.from({ length: 400 }, () => 200_000 + error() - error());
    const found = fromWidths(widths);
    expect(found?.micros).toBeGreaterThan(196 * 0.85);
    expect(found?.micros).toBeLessThan(196 * 1.15);
    expect(fromWidths([1, 2])).toBeUndefined();
  });

  it('is found from passes at a pace, also when the pace changes slowly', () => {
    const error = noise(2, 100);
    let at = 0;
    const stamps = Array.from({ length: 400 }, (_, i) => {
      at += 1_800_000 + i * 5;
      return at + error();
    });
    const found = fromPeriods(stamps);
    expect(found?.micros).toBeGreaterThan(196 * 0.85);
    expect(found?.micros).toBeLessThan(196 * 1.15);
    expect(fromPeriods([1, 2, 3, 4])).toBeUndefined();
  });
});

it('takes edges that follow one another for one pass', () => {
  const edge = (at: number) => ({ bootId: BootId.parse('b'), at: at as Micros, uncertainty: 1 as Micros });
  expect(passesOf([0, 50, 200_000, 200_040, 3_000_000].map(edge), 500_000)).toEqual([
    { at: 0, width: 200_040, edges: 4 },
    { at: 3_000_000, width: 0, edges: 1 },
  ]);
});
