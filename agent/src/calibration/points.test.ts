import type { Pulses } from '@pitwall/firmware-config';
import { CalibrationPoint } from '@pitwall/protocol/messages';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flipped, nudged, outputOf, pointsOf, polarityOf, pulsesOf } from './points.js';

const pulses = (way: number): fc.Arbitrary<Pulses> =>
  fc
    .tuple(
      fc.integer({ min: 1_300_000, max: 1_700_000 }),
      fc.integer({ min: 20_000, max: way }),
      fc.integer({ min: 20_000, max: way }),
      fc.constantFrom(1 as const, -1 as const),
    )
    .map(([mid, below, above, polarity]) => ({ min: mid - below, mid, max: mid + above, polarity }));
const pair = fc.record({ steering: pulses(600_000), motor: pulses(300_000) });

describe('the points of a calibration', () => {
  it('are where the factory calibration of a stock car puts them', () => {
    const stock = {
      steering: { min: 1_200_000, mid: 1_450_000, max: 1_700_000, polarity: 1 },
      motor: { min: 1_311_000, mid: 1_446_000, max: 1_603_500, polarity: -1 },
    } as const;
    expect(pointsOf(stock)).toEqual({
      center: 1_450_000,
      left: 1_700_000,
      right: 1_200_000,
      stop: 1_446_000,
      forward: 1_311_000,
      reverse: 1_603_500,
    });
    expect(polarityOf(pointsOf(stock))).toEqual({ steering: 1, motor: -1 });
  });

  it('give the same pulse widths back, and the other polarity when flipped', () => {
    fc.assert(
      fc.property(pair, fc.constantFrom('steering' as const, 'motor' as const), (one, output) => {
        const points = pointsOf(one);
        expect(pulsesOf(points)).toEqual(one);
        const other = pulsesOf(flipped(points, output));
        expect(other[output]).toEqual({ ...one[output], polarity: -one[output].polarity });
        expect(flipped(flipped(points, output), output)).toEqual(points);
      }),
    );
  });

  it('stay a calibration whatever is tried with them', () => {
    const tries = fc.array(
      fc.tuple(fc.constantFrom(...CalibrationPoint.options), fc.integer({ min: -50_000, max: 50_000 })),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(pair, tries, (one, all) => {
        let points = pointsOf(one);
        for (const [point, by] of all) {
          const before = points;
          try {
            points = nudged(points, point, by);
            expect(points[point]).toBe(before[point] + by);
          } catch (error) {
            expect(error).toMatchObject({ code: 'calibration-invalid' });
          }
          const now = pulsesOf(points)[outputOf(point)];
          expect(now.min).toBeLessThan(now.mid);
          expect(now.mid).toBeLessThan(now.max);
          expect(now.polarity).toBe(one[outputOf(point)].polarity);
        }
      }),
    );
  });
});
