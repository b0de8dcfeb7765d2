import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pulse } from './pulse-width.js';

const servo = { min: 1_200_000, mid: 1_450_000, max: 1_700_000, polarity: 1 } as const;
const motor = { min: 1_311_000, mid: 1_446_000, max: 1_603_500, polarity: -1 } as const;

describe('pulse widths, with the factory calibration of the AWS DeepRacer', () => {
  it.each([
    ['servo', servo, 1, 1_700_000],
    ['servo', servo, 0.5, 1_575_000],
    ['servo', servo, 0, 1_450_000],
    ['servo', servo, -1, 1_200_000],
    ['motor', motor, 1, 1_311_000],
    ['motor', motor, 0.5, 1_378_500],
    ['motor', motor, 0, 1_446_000],
    ['motor', motor, -1, 1_603_500],
    ['motor', motor, -0.2, 1_477_500],
  ])('%s', (_, pulses, value, width) => {
    expect(pulse(value, pulses)).toBe(width);
  });

  it('never leaves the range, whatever it is asked', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        for (const pulses of [servo, motor]) {
          const width = pulse(value, pulses);
          expect(Number.isInteger(width) && width >= pulses.min && width <= pulses.max).toBe(true);
        }
      }),
    );
  });
});
