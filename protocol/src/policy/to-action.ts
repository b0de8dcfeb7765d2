import { PitwallError } from '../errors.js';
import { type Bounds, type Compatibility, outputSize } from './action-space.js';
import type { ModelMetadata } from './metadata.js';
import type { Action } from './policy.js';

const clip = (value: number): number => Math.min(1, Math.max(-1, value));
const within = (bounds: Bounds, a: number): number => bounds.low + ((bounds.high - bounds.low) / 2) * (a + 1);

/**
 * The action that the network's output stands for. Discrete: the largest probability, the first of equals. Continuous
 * PPO: the mean, clipped to −1…1, spread over the range. SAC: the head gives the mean before tanh; the stock car clips it.
 * @throws PitwallError `output-invalid` when the output has the wrong size or holds a NaN.
 */
export function toAction(
  output: ArrayLike<number>,
  { algorithm, actionSpace }: Pick<ModelMetadata, 'algorithm' | 'actionSpace'>,
  compatibility: Compatibility = 'right',
): Action {
  if (output.length !== outputSize(actionSpace)) {
    throw new PitwallError(
      'output-invalid',
      `The network gives ${output.length} numbers, but its action space has ${outputSize(actionSpace)}; the metadata belongs to another model.`,
    );
  }
  if (actionSpace.kind === 'discrete') {
    let index = 0;
    for (let i = 1; i < output.length; i += 1) if ((output[i] as number) > (output[index] as number)) index = i;
    const chosen = actionSpace.actions[index];
    if (chosen === undefined || Number.isNaN(output[index])) throw notANumber();
    return { steeringDeg: chosen.steeringDeg, speedMps: chosen.speedMps, index };
  }
  const squash = algorithm === 'sac' && compatibility === 'right' ? Math.tanh : clip;
  const steeringDeg = within(actionSpace.steeringDeg, squash(output[0] as number));
  const speedMps = within(actionSpace.speedMps, squash(output[1] as number));
  if (Number.isNaN(steeringDeg) || Number.isNaN(speedMps)) throw notANumber();
  return { steeringDeg, speedMps };
}

const notANumber = () => new PitwallError('output-invalid', 'The network gave a NaN; train or export the model again.');
