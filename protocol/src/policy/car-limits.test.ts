import { expect, it } from 'vitest';
import { beyondCar, withinCar } from './index.js';

it.each([
  [60, 20, 30, 4],
  [-60, -20, -30, -4],
  [30, 4, 30, 4],
  [-12.5, 0.5, -12.5, 0.5],
])('drives %d° and %d m/s as %d° and %d m/s', (steeringDeg, speedMps, toDeg, toMps) => {
  expect(withinCar({ steeringDeg, speedMps, index: 3 })).toEqual({ steeringDeg: toDeg, speedMps: toMps, index: 3 });
});

it('takes the limits of another car', () => {
  const limits = { steeringDeg: 20, speedMps: 2.5 };
  expect(withinCar({ steeringDeg: -25, speedMps: 3 }, limits)).toEqual({ steeringDeg: -20, speedMps: 2.5 });
});

it('says what a model asks for beyond the car, and nothing of one that it can do', () => {
  const range = (steering: number, speed: number) =>
    ({
      kind: 'continuous',
      steeringDeg: { low: -steering, high: steering },
      speedMps: { low: 0.5, high: speed },
    }) as const;
  expect(beyondCar(range(30, 4))).toEqual([]);
  expect(beyondCar(range(60, 20))).toEqual([
    'It steers up to 60°; a virtual car is steered no further than 30°.',
    'It asks for up to 20 m/s; a virtual car is asked for no more than 4 m/s.',
  ]);
  expect(
    beyondCar({ kind: 'discrete', actions: [{ steeringDeg: -25, speedMps: 1 }] }, { steeringDeg: 20, speedMps: 4 }),
  ).toEqual(['It steers up to 25°; a virtual car is steered no further than 20°.']);
});
