import { readCarProfile } from '@pitwall/firmware-config';
import type { Micros } from '@pitwall/protocol';
import { expect, it } from 'vitest';
import { Car } from './car.js';

const hour = 3_600_000_000;

it('a local stop that was tested counts for that day', () => {
  let at = hour;
  const car = new Car({
    profile: readCarProfile('simulated'),
    drivetrain: { kind: 'simulated', degrees: 30, speed: 4, socket: '' },
    camera: {
      rate: 15,
      health: { state: 'there', message: null, losses: 0 },
      start: async () => {},
      stop: async () => {},
    },
    decode: ({ data }) => data,
    now: () => at as Micros,
    log: () => {},
    smoothing: 0,
    limit: 0,
    scale: 100,
  });
  expect(car.readiness().localStop).toBe(true);
  car.requireLocalStop();
  car.command({ type: 'e-stop' });
  expect(car.readiness().localStop).toBe(false);
  car.localStop();
  at += 11 * hour;
  expect(car.readiness().localStop).toBe(true);
  // The next morning.
  at += 4 * hour;
  expect(car.readiness().localStop).toBe(false);
  car.localStop();
  expect(car.readiness().localStop).toBe(true);
});
