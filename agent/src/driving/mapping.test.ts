import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { physicalMapping, stockMapping } from './mapping.js';

describe('the stock mapping', () => {
  const actions = [
    { steeringDeg: -15, speedMps: 2 },
    { steeringDeg: 10, speedMps: 1 },
  ];
  const map = stockMapping({ kind: 'discrete', actions });

  it.each([
    [15, 1],
    [-15, -1],
    [7.5, 0.5],
    [0, 0],
  ])('%d° of ±15° is %d of full lock', (steeringDeg, share) => {
    expect(map({ steeringDeg, speedMps: 1 }, 100).steering).toBeCloseTo(share, 12);
  });

  it.each([
    [0, 0],
    [0.5, 0.475],
    [1, 0.8],
    [1.5, 0.975],
    [2, 1],
  ])('%d of 2 m/s is a throttle of %d', (speedMps, throttle) => {
    expect(map({ steeringDeg: 0, speedMps }, 100).throttle).toBeCloseTo(throttle, 12);
  });

  it('clamps where the stock car passes less than −1', () => {
    const space = { kind: 'continuous', steeringDeg: { low: -30, high: 20 }, speedMps: { low: 0.5, high: 3 } } as const;
    const skewed = stockMapping(space);
    expect(skewed({ steeringDeg: -30, speedMps: 3 }, 100).steering).toBe(-1);
    expect(skewed({ steeringDeg: 10, speedMps: 3 }, 100).steering).toBeCloseTo(0.5, 12);
  });

  it('a scale multiplies and does not clamp', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2, noNaN: true }), fc.integer({ min: 0, max: 100 }), (speedMps, scale) => {
        const full = map({ steeringDeg: 3, speedMps }, 100).throttle;
        expect(map({ steeringDeg: 3, speedMps }, scale).throttle).toBeCloseTo((full * scale) / 100, 12);
      }),
    );
  });
});

describe('the physical mapping', () => {
  const map = physicalMapping({
    steering: [
      [-25, -1],
      [0, 0.05],
      [30, 1],
    ],
    speed: [
      [0, 0],
      [1, 0.2],
      [3, 0.5],
    ],
  });

  it.each([
    [-25, 0, -1, 0],
    [0, 1, 0.05, 0.2],
    [15, 2, 0.525, 0.35],
    [40, 9, 1, 0.5],
    [-40, 3, -1, 0.5],
  ])('%d° and %d m/s', (steeringDeg, speedMps, steering, throttle) => {
    const outputs = map({ steeringDeg, speedMps }, 100);
    expect(outputs.steering).toBeCloseTo(steering, 12);
    expect(outputs.throttle).toBeCloseTo(throttle, 12);
  });
});
