import { PitwallError } from '../errors.js';
import type { ModelMetadata } from './metadata.js';
import type { Action } from './policy.js';

/** Degrees, positive turns left; metres a second. */
export type ActionSpace =
  | {
      readonly kind: 'discrete';
      readonly actions: readonly { readonly steeringDeg: number; readonly speedMps: number }[];
    }
  | { readonly kind: 'continuous'; readonly steeringDeg: Bounds; readonly speedMps: Bounds };
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** `right` does what training meant; `stock` repeats the stock car, mistakes included. */
export type Compatibility = 'right' | 'stock';

/** How many numbers the network's head gives for this action space. */
export function outputSize(space: ActionSpace): number {
  return space.kind === 'discrete' ? space.actions.length : 2;
}

/** The most a model can ask for: |degrees| and m/s. */
export function actionLimits(space: ActionSpace): { steeringDeg: number; speedMps: number } {
  if (space.kind === 'continuous') {
    const { steeringDeg, speedMps } = space;
    return { steeringDeg: Math.max(Math.abs(steeringDeg.low), Math.abs(steeringDeg.high)), speedMps: speedMps.high };
  }
  return {
    steeringDeg: Math.max(...space.actions.map((action) => Math.abs(action.steeringDeg))),
    speedMps: Math.max(...space.actions.map((action) => action.speedMps)),
  };
}

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
