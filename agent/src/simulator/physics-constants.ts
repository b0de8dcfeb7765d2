import type { PhysicsConstants } from './physics.js';

/**
 * The steering of the cloud simulator's cars has changed with its versions. Since version 5 the wheels point at once where they
 * are told (position interface); before, a controller of p = 1, d = 0.5 turned them, whose lag is d / p. Its largest effort,
 * 10 N·m over one control period of 1 ms, gives a wheel of 0.000264 kg·m² the jump. In between lies a lag found in logs of 2021.
 */
export const steeringLags = { now: 0, between: 0.14, first: 0.5 } as const;

/** Sources stand with the fields. `fit/main.ts` finds the tyres' again. */
export const physicsConstants: PhysicsConstants = {
  wheelRadiusM: 0.036,
  commandRadiusM: 0.035,
  topWheelRadps: 100,
  inertiaM2: 0.01226,
  massAheadM: 0.0022,
  steeringS: steeringLags.now,
  steeringJumpRad: 0.038,
  gripAlongMps2: 3.17,
  gripAcrossMps2: 3.07,
  slipAlongMps: 0.48,
  slipAcrossMps: 0.14,
};
