import { type ActionSpace, stockDrive } from '@pitwall/protocol/policy';
import type { Outputs } from '../hardware/index.js';

/** An action in the model's terms. */
export interface TargetMotion {
  readonly steeringDeg: number;
  readonly speedMps: number;
}

/** Turns an action into shares of lock and throttle. `scale` in percent multiplies the throttle, it does not clamp. */
export type Mapping = (target: TargetMotion, scale: number) => Outputs;

/** As the stock car maps actions, which models were tuned to; clamped where its servo would refuse. */
export const stockMapping =
  (space: ActionSpace): Mapping =>
  (target, scale) => {
    const { steering = 0, throttle } = stockDrive(target, space, scale / 100);
    return { steering, throttle };
  };

const clamp = (value: number): number => Math.min(1, Math.max(-1, value));

/** MeasuredResponse pairs (degrees → share, m/s → share), ascending. Between two it is linear, beyond the last it is the last. */
export interface MeasuredResponse {
  readonly steering: readonly (readonly [number, number])[];
  readonly speed: readonly (readonly [number, number])[];
}

/** For a car that was measured: degrees are degrees, and metres a second are metres a second at 100 %. */
export function physicalMapping(measured: MeasuredResponse): Mapping {
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
