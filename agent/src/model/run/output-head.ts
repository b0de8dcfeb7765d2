import { PitwallError } from '@pitwall/protocol';
import { type Action, type Bounds, type Compatibility, type ModelMetadata, toAction } from '@pitwall/protocol/policy';

/** One number that the network gives: which of the outputs that are used, and its position there. */
export interface OutputIndex {
  readonly output: number;
  readonly index: number;
}

/** A number and what it stands for: `from[0]` is `to.low`, `from[1]` is `to.high`, and beyond them there is nothing. */
export interface ScaledOutput extends OutputIndex {
  readonly from: readonly [number, number];
  readonly to: Bounds;
}

/**
 * How a network's outputs become an action.
 * - `discrete`: a number for each action of the list, the largest is taken; `probabilities` must sum to 1.
 * - `continuous`: steering and speed, −1 to 1, spread over the ranges of the action space; `tanh` where training applied it
 *   after the network.
 * - `donkeycar-linear`: angle and throttle, −1 to 1, the angle positive to the right.
 * - `donkeycar-categorical`: an angle and a throttle, as probabilities of evenly spaced bins (or, before 2018, the throttle itself).
 * - `described`: as the racer's pitwall.yaml says.
 */
export type Head =
  | { readonly kind: 'discrete'; readonly probabilities: boolean }
  | {
      readonly kind: 'continuous';
      readonly steering: OutputIndex;
      readonly speed: OutputIndex;
      readonly squash: 'clip' | 'tanh';
    }
  | { readonly kind: 'donkeycar-linear' | 'donkeycar-categorical' }
  | { readonly kind: 'described'; readonly steering: ScaledOutput; readonly speed: ScaledOutput };

/** Donkeycar bins throttle from 0 to this. donkeycar/parts/keras.py, KerasCategorical */
const throttleRange = 0.5;

/**
 * @param outputs what the network gave, one array for each output that is used; of Donkeycar's, the angle first
 * @throws PitwallError `output-invalid`
 */
export function headAction(
  head: Head,
  outputs: readonly Float32Array[],
  metadata: ModelMetadata,
  compatibility: Compatibility,
): Action {
  const [first = new Float32Array(), second = new Float32Array()] = outputs;
  switch (head.kind) {
    case 'discrete':
      return toAction(first, metadata, compatibility);
    case 'continuous': {
      const algorithm = head.squash === 'tanh' ? 'sac' : 'clipped_ppo';
      const means = [at(outputs, head.steering), at(outputs, head.speed)];
      return toAction(means, { ...metadata, algorithm }, compatibility);
    }
    case 'donkeycar-linear':
      return donkeycarAction(first[0] as number, second[0] as number, metadata);
    case 'donkeycar-categorical': {
      const throttle = second.length === 1 ? (second[0] as number) : (throttleRange * largest(second)) / second.length;
      return donkeycarAction(-1 + (2 * largest(first)) / (first.length - 1), throttle, metadata);
    }
    case 'described':
      return finite({ steeringDeg: spread(outputs, head.steering), speedMps: spread(outputs, head.speed) });
  }
}

/** Donkeycar's positive angle turns right, ours turns left. */
function donkeycarAction(angle: number, throttle: number, { actionSpace }: ModelMetadata): Action {
  if (actionSpace.kind !== 'continuous')
    throw new PitwallError('output-invalid', 'A Donkeycar network needs a continuous action space.');
  const { steeringDeg, speedMps } = actionSpace;
  const side = Math.min(1, Math.max(-1, -angle));
  const power = Math.min(1, Math.max(-1, throttle));
  return finite({
    steeringDeg: steeringDeg.low + ((steeringDeg.high - steeringDeg.low) / 2) * (side + 1),
    // Backwards only as far as the action space goes there.
    speedMps: Math.max(power * speedMps.high, Math.min(0, speedMps.low)),
  });
}

const at = (outputs: readonly Float32Array[], { output, index }: OutputIndex): number =>
  outputs[output]?.[index] ?? Number.NaN;

function spread(outputs: readonly Float32Array[], place: ScaledOutput): number {
  const { from, to } = place;
  const share = (at(outputs, place) - from[0]) / (from[1] - from[0]);
  return to.low + (to.high - to.low) * Math.min(1, Math.max(0, share));
}

function finite(action: Action): Action {
  if (Number.isFinite(action.steeringDeg) && Number.isFinite(action.speedMps)) return action;
  throw new PitwallError('output-invalid', 'The network gave a NaN; train or export the model again.');
}

function largest(values: Float32Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index += 1)
    if ((values[index] as number) > (values[best] as number)) best = index;
  return Number.isNaN(values[best]) ? Number.NaN : best;
}
