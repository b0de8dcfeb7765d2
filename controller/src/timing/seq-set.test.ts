import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SeqSet } from './seq-set.js';

it('knows what came, what came twice and what is missing, in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1 }), (numbers) => {
      const subject = new SeqSet();
      const model = new Set<number>();
      for (const number of numbers) {
        expect(subject.add(number)).toBe(!model.has(number));
        model.add(number);
        const [first, last] = [Math.min(...model), Math.max(...model)];
        expect(subject.missing).toBe(last - first + 1 - model.size);
      }
      for (let number = 0; number <= 61; number++) expect(subject.has(number)).toBe(model.has(number));
    }),
  );
});
