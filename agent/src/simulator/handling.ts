import { carMeasures } from './car.js';

/** In a gentle bend the car turns as if its wheels pointed so much less far: without a differential they always slip. */
const gentleShare = 0.75;
/** No steering makes it go round faster than this, m/s². At it, so much of the share is gone. */
const limitMps2 = 2.6;
const lostAtLimit = 0.45;

/** Seconds after which the car answers to its steering, the half of a step for which a setpoint is held included. */
export const answerS = 0.08;
/** At a brisk pace the car turns about a point so far behind its origin. */
export const briskPivotM = 0.03;

/**
 * The steering in degrees that keeps the car on a bend (1/radius, positive left) at a speed: the inverse of `drive` in steady
 * cornering, within 2° up to nine tenths of its grip. For drivers who know the true pose.
 */
export function steeringFor(bend: number, speedMps: number): number {
  const used = Math.min(1, (speedMps * speedMps * Math.abs(bend)) / limitMps2);
  const share = gentleShare * (1 - lostAtLimit * used ** 3);
  return (Math.atan(bend * carMeasures.wheelbaseM) / share) * (180 / Math.PI);
}
