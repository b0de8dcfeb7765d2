/**
 * One set for every speed. The first seven are the cloud simulator's own (deepracer-simapp: URDF, meshes, `get_wheel_radius`),
 * the four of the tyres are fitted to its logs.
 */
export interface PhysicsConstants {
  /** Of the wheels' meshes. */
  readonly wheelRadiusM: number;
  /** The radius by which a commanded speed becomes a commanded rate of the wheels. */
  readonly commandRadiusM: number;
  /** The wheel joints turn no faster than this. */
  readonly topWheelRadps: number;
  /** Moment of inertia about the vertical per mass, m². */
  readonly inertiaM2: number;
  /** The centre of mass lies so far ahead of the origin. */
  readonly massAheadM: number;
  /** Seconds in which the wheels cover 63% of a change of steering; 0 where they point at once where they are told. */
  readonly steeringS: number;
  /** Of a change of steering, the wheels cover so much at once before they lag: radians. */
  readonly steeringJumpRad: number;
  /** Largest acceleration that the tyres give along the wheels and across them, m/s². */
  readonly gripAlongMps2: number;
  readonly gripAcrossMps2: number;
  /** Speed of slip at which they give three quarters of it, m/s. */
  readonly slipAlongMps: number;
  readonly slipAcrossMps: number;
}

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
