import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Histogram } from './histogram.js';

it('gives quantiles to 5 %, or 2 µs where they are small', () => {
  const values = fc.array(fc.integer({ min: 0, max: 30_000_000 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(values, fc.constantFrom(0.5, 0.9, 0.99, 1), (list, q) => {
      const histogram = new Histogram();
      for (const value of list) histogram.add(value);
      const sorted = [...list].sort((a, b) => a - b);
      const exact = sorted[Math.ceil(q * sorted.length) - 1]!;
      expect(Math.abs(histogram.quantile(q) - exact)).toBeLessThanOrEqual(Math.max(2, 0.05 * exact));
    }),
  );
});
