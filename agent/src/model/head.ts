import { PitwallError } from '@pitwall/protocol';
import { type Action, type Compatibility, type ModelMetadata, toAction } from '@pitwall/protocol/policy';
import type { Port } from './network.js';

/**
 * How a network's outputs become an action. `deepracer`: one output, as the metadata says. `donkeycar-linear`: angle and
 * throttle, −1 to 1. `donkeycar-categorical`: an angle and a throttle, each as probabilities of evenly spaced bins.
 */
export type HeadKind = 'deepracer' | 'donkeycar-linear' | 'donkeycar-categorical';

/** What a Donkeycar network is taken for where no metadata says more: the limits that DeepRacer models train with. */
export const donkeycarMetadata: ModelMetadata = {
  version: 5,
  algorithm: 'clipped_ppo',
  camera: 'FRONT_FACING_CAMERA',
  actionSpace: { kind: 'continuous', steeringDeg: { low: -30, high: 30 }, speedMps: { low: -4, high: 4 } },
  network: 'donkeycar',
  warnings: [
    'No model_metadata.json: taken for a Donkeycar network; full angle is 30 degrees and full throttle 4 m/s. Put a model_metadata.json with a continuous action space beside the file to change that.',
  ],
};

/** @returns undefined where the outputs fit neither kind. */
export function donkeycarHead(outputs: readonly Port[]): HeadKind | undefined {
  const [angle, throttle, ...more] = outputs.map((port) => port.shape.reduce((product, size) => product * size, 1));
  if (angle === undefined || throttle === undefined || more.length > 0) return undefined;
  if (angle === 1 && throttle === 1) return 'donkeycar-linear';
  return angle > 1 ? 'donkeycar-categorical' : undefined;
}

/** Donkeycar bins throttle from 0 to this. */
const throttleRange = 0.5;

/**
 * @param sizes how many of the output's numbers belong to each of the network's outputs
 * @throws PitwallError `output-invalid`
 */
export function headAction(
  kind: HeadKind,
  output: Float32Array,
  sizes: readonly number[],
  metadata: ModelMetadata,
  compatibility: Compatibility,
): Action {
  if (kind === 'deepracer') return toAction(output, metadata, compatibility);
  const [angles, throttles] = [output.subarray(0, sizes[0]), output.subarray(sizes[0])];
  const angle = angles.length === 1 ? (angles[0] as number) : -1 + (2 * largest(angles)) / (angles.length - 1);
  const throttle =
    throttles.length === 1 ? (throttles[0] as number) : (throttleRange * largest(throttles)) / throttles.length;
  const { actionSpace } = metadata;
  if (actionSpace.kind !== 'continuous')
    throw new PitwallError('output-invalid', 'A Donkeycar network needs a continuous action space.');
  // Donkeycar's positive angle turns right, ours turns left.
  const { steeringDeg, speedMps } = actionSpace;
  const side = Math.min(1, Math.max(-1, -angle));
  const power = Math.min(1, Math.max(-1, throttle));
  const action = {
    steeringDeg: steeringDeg.low + ((steeringDeg.high - steeringDeg.low) / 2) * (side + 1),
    speedMps: power * speedMps.high,
  };
  if (Number.isFinite(action.steeringDeg) && Number.isFinite(action.speedMps)) return action;
  throw new PitwallError('output-invalid', 'The network gave a NaN; train or export the model again.');
}

function largest(values: Float32Array): number {
  let best = 0;
  for (let at = 1; at < values.length; at += 1) if ((values[at] as number) > (values[best] as number)) best = at;
  return Number.isNaN(values[best]) ? Number.NaN : best;
}
