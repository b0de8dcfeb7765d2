import type { TensorInfo } from './network.js';

/**
 * What an output is, as far as its name and the operation that it ends in tell. `choices`: a number for each action, the
 * largest of which is taken; `spread`: the deviation of a Gaussian policy, or its logarithm.
 */
export type Role =
  | 'probabilities'
  | 'choices'
  | 'mean'
  | 'action'
  | 'gaussian'
  | 'spread'
  | 'value'
  | 'log-probability'
  | 'state'
  | 'angle'
  | 'steering'
  | 'throttle'
  | 'speed'
  | 'unknown';

/**
 * Words in the names of outputs, the ones that decide first. What exporters write: Stable-Baselines3's export guide
 * (`actions, values, log_prob`, and `action, value`), RLlib's SampleBatch (`action_dist_inputs`, `action_logp`, `vf_preds`,
 * `state_out_0`), Donkeycar's parts/keras.py (`angle_out`, `throttle_out`), DeepRacer's rl_coach heads (`policy_mean`,
 * `policy_std`, `v_head`, `ppo_head`), CleanRL (`actor_mean`, `actor_logstd`, `critic`).
 */
const words: readonly (readonly [Role, RegExp])[] = [
  ['gaussian', /\bdist inputs\b/],
  ['log-probability', /\b(?:(?:neg ?)?log ?p|log ?pi|log ?probs?|log ?probabilit(?:y|ies)|entropy)\b/],
  ['spread', /\b(?:log ?)?(?:std|stds|stddev|std dev|sigma|sigmas|var|variance|scale)\b|\bdeviations?\b/],
  ['choices', /\b(?:logits?|q ?values?|qs?|advantages?)\b/],
  ['value', /\b(?:values?|v|vf|vf preds?|v ?preds?|v head|critics?|baseline|returns?)\b/],
  ['state', /\b(?:states?|hidden|memory|rnn|lstm|gru|h out|c out|h n|c n)\b/],
  ['probabilities', /\b(?:probs?|probabilit(?:y|ies)|softmax)\b/],
  ['mean', /\b(?:means?|mu|mus|loc)\b/],
  ['steering', /\b(?:steering|steer)\b/],
  ['angle', /\bangle\b/],
  ['throttle', /\b(?:throttle|gas|pedal)\b/],
  ['speed', /\b(?:speed|velocity)\b/],
  ['action', /\b(?:actions?|act|policy|pi|actor|ppo head|sac policy head)\b/],
];
/** `policy_LogStd:0` is read as `policy log std 0`. */
const spaced = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/([A-Za-z])(\d)/g, '$1 $2')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .toLowerCase();

/** `Log` is what is left of a LogSoftmax. */
const ends: Readonly<Record<string, Role>> = {
  Softmax: 'probabilities',
  Log: 'choices',
  Exp: 'spread',
  Softplus: 'spread',
};

/** The last part of a path counts first: `ppo_head_0/policy` is a policy in whatever scope. */
export function roleOf({ called, end }: TensorInfo): Role {
  // Whatever it is called, it is what an action was chosen from.
  if (end === 'ArgMax') return 'choices';
  for (const name of [called.slice(called.lastIndexOf('/') + 1), called]) {
    const role = words.find(([, pattern]) => pattern.test(spaced(name)))?.[0];
    if (role !== undefined) return role;
  }
  return (end === undefined ? undefined : ends[end]) ?? 'unknown';
}
