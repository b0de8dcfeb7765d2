import type { ActionSpace } from '@pitwall/protocol/policy';
import type { Outputs } from '../hardware/index.js';

/** An action in the model's terms, and the largest ones the model has. */
export interface Wanted {
  readonly steeringDeg: number;
  readonly speedMps: number;
}

/** Turns an action into shares of lock and throttle. `scale` in percent multiplies the throttle, it does not clamp. */
export type Mapping = (wanted: Wanted, scale: number) => Outputs;

const clamp = (value: number): number => Math.min(1, Math.max(-1, value));

/**
 * As the stock car maps it: a ±15° model gets full lock, and the throttle follows −1.2 x² + 2.2 x of the share x of the
 * model's largest speed. Where a continuous space has |low| > high the stock car passes less than −1, which its servo
 * node rejects and so holds the last angle; we clamp.
 * Source: aws-deepracer-navigation-pkg.
 */
export function stockMapping(largest: Wanted): Mapping {
  return ({ steeringDeg, speedMps }, scale) => {
    const x = largest.speedMps === 0 ? 0 : speedMps / largest.speedMps;
    return {
      steering: clamp(largest.steeringDeg === 0 ? 0 : steeringDeg / largest.steeringDeg),
      throttle: (scale / 100) * clamp(-1.2 * x * x + 2.2 * x),
    };
  };
}

/**
 * What the stock car divides by: the largest |steering| and speed of an action list, and of a continuous space its
 * `high` alone (so an unequal range goes beyond full lock on its low side, and is clamped).
 */
export function stockLargest(space: ActionSpace): Wanted {
  if (space.kind === 'continuous') return { steeringDeg: space.steeringDeg.high, speedMps: space.speedMps.high };
  return {
    steeringDeg: Math.max(...space.actions.map((action) => Math.abs(action.steeringDeg))),
    speedMps: Math.max(...space.actions.map((action) => action.speedMps)),
  };
}

/** Measured pairs (degrees → share, m/s → share), ascending. Between two it is linear, beyond the last it is the last. */
export interface Measured {
  readonly steering: readonly (readonly [number, number])[];
  readonly speed: readonly (readonly [number, number])[];
}

/** For a car that was measured: degrees are degrees, and metres a second are metres a second at 100 %. */
export function physicalMapping(measured: Measured): Mapping {
  return ({ steeringDeg, speedMps }, scale) => ({
    steering: clamp(interpolate(measured.steering, steeringDeg)),
    throttle: (scale / 100) * clamp(interpolate(measured.speed, speedMps)),
  });
}

function interpolate(pairs: readonly (readonly [number, number])[], x: number): number {
  const after = pairs.findIndex(([at]) => at >= x);
  const [x1, y1] = pairs[after === -1 ? pairs.length - 1 : after] ?? [0, 0];
  if (after <= 0) return y1;
  const [x0, y0] = pairs[after - 1]!;
  return x1 === x0 ? y1 : y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
}
