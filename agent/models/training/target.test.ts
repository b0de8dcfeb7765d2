import fc from 'fast-check';
import { expect, it } from 'vitest';
import { target } from './target.js';

const actions = [
  { steeringDeg: -30, speedMps: 1.2 },
  { steeringDeg: 0, speedMps: 1.6 },
  { steeringDeg: 0, speedMps: 2.4 },
  { steeringDeg: 30, speedMps: 1.2 },
];

it('names a listed action alone', () => {
  expect([...target(actions, { steeringDeg: 0, speedMps: 2.4 })]).toEqual([0, 0, 1, 0]);
});

it('shares what lies between, first by steering, then by speed', () => {
  const shared = target(actions, { steeringDeg: 15, speedMps: 2.2 });
  [0, 0.125, 0.375, 0.5].forEach((share, i) => {
    expect(shared[i]).toBeCloseTo(share, 6);
  });
});

it('always adds up to 1', () => {
  fc.assert(
    fc.property(fc.double({ min: -45, max: 45, noNaN: true }), fc.double({ min: 0, max: 4, noNaN: true }), (a, v) => {
      const sum = target(actions, { steeringDeg: a, speedMps: v }).reduce((total, value) => total + value, 0);
      expect(sum).toBeCloseTo(1, 5);
    }),
  );
});
