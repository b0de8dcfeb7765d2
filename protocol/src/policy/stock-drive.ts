import { type ActionSpace, actionLimits, type Compatibility } from './action-space.js';
import type { Action } from './policy.js';

/** What the wheels get: −1 to 1, positive steers left and drives forward. */
export interface Drive {
  /** Absent: the last angle is held, as the stock car does with a value that its servo refuses. */
  readonly steering?: number;
  readonly throttle: number;
}

/**
 * The stock car's mapping from an action to the wheels, which models were tuned to. Steering is relative to the largest
 * angle of the action space (so a ±15° model gets full lock); `throttle = scale · clamp(−1.2 x² + 2.2 x, −1, 1)` with
 * `x = speed / largest speed`.
 *
 * The stock car divides a continuous angle by `high` alone: where |low| is larger, it reaches past −1, its servo refuses
 * the value and holds the last angle. `right` steers to full lock there; `stock` repeats the fault.
 *
 * @param scale the throttle percentage of the car's console, 0 to 1
 */
export function stockDrive(
  action: Action,
  space: ActionSpace,
  scale: number,
  compatibility: Compatibility = 'right',
): Drive {
  const limits = actionLimits(space);
  const high = space.kind === 'continuous' ? space.steeringDeg.high : limits.steeringDeg;
  const lock = high > 0 ? high : limits.steeringDeg;
  const steering = lock === 0 ? 0 : action.steeringDeg / lock;
  // A model that only drives backwards: its fastest is full throttle that way, on the same curve.
  const way = limits.speedMps < 0 || (limits.speedMps === 0 && action.speedMps < 0) ? -1 : 1;
  const fastest = way === 1 ? limits.speedMps : slowest(space);
  const x = fastest === 0 ? 0 : action.speedMps / fastest;
  // Adding 0 turns the −0 of a standing car into 0.
  const throttle = way * scale * Math.min(1, Math.max(-1, -1.2 * x * x + 2.2 * x)) + 0;
  const refused = compatibility === 'stock' && Math.abs(steering) > 1 + 1e-9;
  return refused ? { throttle } : { steering: Math.min(1, Math.max(-1, steering)) + 0, throttle };
}

const slowest = (space: ActionSpace): number =>
  space.kind === 'continuous' ? space.speedMps.low : Math.min(...space.actions.map((action) => action.speedMps));
