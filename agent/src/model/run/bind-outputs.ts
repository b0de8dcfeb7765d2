import { PitwallError } from '@pitwall/protocol';
import { type ActionSpace, type ModelMetadata, type NetworkDescription, outputSize } from '@pitwall/protocol/policy';
import { type NetworkTensors, type Role, roleOf, type TensorInfo, tensorSize } from '../graph/index.js';
import type { Head, OutputIndex, ScaledOutput } from './output-head.js';

/** What of the outputs is used, and how it becomes an action. */
export interface OutputBinding {
  /** In the order in which `head` counts them. */
  readonly outputs: readonly TensorInfo[];
  readonly head: Head;
}

/** What is known of a model when its outputs are read. */
export interface Evidence {
  /** Absent: the model came without `model_metadata.json`. */
  readonly metadata?: ModelMetadata | undefined;
  /** Absent: the racer described nothing. */
  readonly description?: NetworkDescription | undefined;
}

/**
 * Decides what a network's outputs mean, by what the racer says of them, the metadata, their names, the operations they
 * come from, and their sizes; never by the order in which the file lists them. Where two readings are left, or none, it is
 * refused: a wrong guess turns the wheels.
 * @throws PitwallError `graph-invalid`, with what was found and how to say which.
 */
export function bindOutputs(tensors: NetworkTensors, { metadata, description }: Evidence): OutputBinding {
  const said = description?.outputs;
  if (said !== undefined)
    return 'actions' in said ? chosenBy(tensors, said, metadata) : described(tensors, said, metadata);
  const donkeycar = donkeycarOf(tensors, metadata?.actionSpace);
  if (donkeycar !== undefined) return donkeycar;
  if (metadata === undefined) throw unexplained(tensors);
  return metadata.actionSpace.kind === 'discrete'
    ? discrete(tensors, metadata.actionSpace)
    : continuous(tensors, metadata);
}

/** Both are on the way to saying which. */
const say = 'Say which in a pitwall.yaml in the archive or beside the file (docs/models.md).';
const wrong = (message: string) => new PitwallError('graph-invalid', message);
const inWords = (tensor: TensorInfo): string => `${tensor.called} [${tensor.shape}]`;
const list = (tensors: readonly TensorInfo[]): string => tensors.map(inWords).join(', ');

// ---- what the racer says

type Said = NonNullable<NetworkDescription['outputs']>;

function named(tensors: NetworkTensors, name: string | undefined): TensorInfo {
  const { outputs } = tensors;
  const found =
    name === undefined ? (outputs.length === 1 ? outputs[0] : undefined) : outputs.find((one) => one.called === name);
  if (found !== undefined) return found;
  throw wrong(
    name === undefined
      ? `pitwall.yaml does not say which output it means; the network has ${list(outputs)}.`
      : `pitwall.yaml speaks of the output "${name}"; the network has ${list(outputs)}.`,
  );
}

function chosenBy(
  tensors: NetworkTensors,
  { actions }: Extract<Said, { actions: unknown }>,
  metadata?: ModelMetadata,
): OutputBinding {
  const space = metadata?.actionSpace;
  if (space?.kind !== 'discrete')
    throw wrong(
      'pitwall.yaml says that the network chooses from actions; which ones stands in the action_space of a model_metadata.json, which is missing or continuous.',
    );
  const output = named(tensors, actions.output);
  if (tensorSize(output) !== outputSize(space))
    throw wrong(
      `The output ${inWords(output)} chooses from ${tensorSize(output)} actions; model_metadata.json lists ${outputSize(space)}.`,
    );
  return { outputs: [output], head: { kind: 'discrete', probabilities: actions.as === 'probabilities' } };
}

function described(
  tensors: NetworkTensors,
  said: Extract<Said, { steering: unknown }>,
  metadata?: ModelMetadata,
): OutputBinding {
  const space = metadata?.actionSpace;
  if (space?.kind === 'discrete')
    throw wrong(
      `pitwall.yaml says that the network gives steering and speed, model_metadata.json that it chooses from ${space.actions.length} actions; leave one of them.`,
    );
  const { steering, speed } = said;
  const outputs = [...new Set([named(tensors, steering.output), named(tensors, speed.output)])];
  const place = (of: { output?: string | undefined; index?: number | undefined }, what: string): OutputIndex => {
    const output = named(tensors, of.output);
    if (of.index === undefined && tensorSize(output) !== 1)
      throw wrong(
        `pitwall.yaml does not say which number of ${inWords(output)} is the ${what}; add index, counted from 0.`,
      );
    if ((of.index ?? 0) >= tensorSize(output))
      throw wrong(`pitwall.yaml speaks of number ${of.index} of ${inWords(output)}.`);
    return { output: outputs.indexOf(output), index: of.index ?? 0 };
  };
  const places = [place(steering, 'steering'), place(speed, 'speed')] as const;
  if (places[0].output === places[1].output && places[0].index === places[1].index)
    throw wrong('pitwall.yaml takes the same number for steering and for speed.');
  return {
    outputs,
    head: {
      kind: 'described',
      steering: { ...places[0], ...steeringScale(steering, space) },
      speed: { ...places[1], ...speedScale(speed, space) },
    },
  };
}

type Scale = Pick<ScaledOutput, 'from' | 'to'>;
type Continuous = Extract<ActionSpace, { kind: 'continuous' }> | undefined;
type SteeringSaid = Extract<Said, { steering: unknown }>['steering'];
type SpeedSaid = Extract<Said, { speed: unknown }>['speed'];

function steeringScale({ unit, positive, range, numbers }: SteeringSaid, space: Continuous): Scale {
  const to = bounds('steering', range, space?.steeringDeg);
  const sign = positive === 'left' ? 1 : -1;
  if (unit === 'share') {
    const [low, high] = numbers ?? [-1, 1];
    return { from: positive === 'left' ? [low, high] : [high, low], to };
  }
  if (numbers !== undefined)
    throw wrong(`pitwall.yaml: steering in ${unit} needs no numbers; they are what unit share stands for.`);
  const one = sign * (unit === 'radians' ? Math.PI / 180 : 1);
  return { from: [to.low * one, to.high * one], to };
}

function speedScale({ unit, range, numbers }: SpeedSaid, space: Continuous): Scale {
  const to = bounds('speed', range, space?.speedMps);
  if (unit === 'share') return { from: numbers ?? [-1, 1], to };
  if (numbers !== undefined)
    throw wrong('pitwall.yaml: speed in m/s needs no numbers; they are what unit share stands for.');
  return { from: [to.low, to.high], to };
}

function bounds(what: string, range: readonly [number, number] | undefined, given?: { low: number; high: number }) {
  if (range !== undefined) return { low: range[0], high: range[1] };
  if (given !== undefined && given.low < given.high) return given;
  throw wrong(`pitwall.yaml says nothing of the range of ${what}; add range: [lowest, highest].`);
}

// ---- Donkeycar's

const bins = { angle: 15, throttle: 20 };
/**
 * How TensorFlow calls the outputs of a function, by their place in the order of their names: Donkeycar's `angle_out` and
 * `n_outputs0` come first. tensorflow/python/util/nest: dictionaries are flattened by sorted keys
 */
const converted = /^(?:StatefulPartitionedCall|PartitionedCall|Identity)(?:[:_](\d+))?$/;
/** What Donkeycar calls the image. donkeycar/parts/keras.py: Input(…, name='img_in') */
const donkeycarImage = /(?:^|_)img_in(?::\d+)?$/;

/** @returns undefined where nothing tells of Donkeycar. @throws PitwallError where it is Donkeycar's and does not fit. */
function donkeycarOf({ inputs, outputs }: NetworkTensors, space: ActionSpace | undefined): OutputBinding | undefined {
  const pair = donkeycarPair(inputs, outputs);
  if (pair === undefined || (space?.kind === 'discrete' && pair.by === 'sizes')) return undefined;
  const { angle, throttle, by } = pair;
  if (space?.kind === 'discrete')
    throw wrong(
      `The network gives Donkeycar's angle and throttle (${list([angle, throttle])}), but model_metadata.json lists ${space.actions.length} actions to choose from; the two belong to different models.`,
    );
  if (space !== undefined && space.speedMps.high <= 0)
    throw wrong(
      `The network gives Donkeycar's angle and throttle (${list([angle, throttle])}), and full throttle is the fastest speed of model_metadata.json, ${space.speedMps.high} m/s, which is not forwards; write the speeds that are meant.`,
    );
  const sizes = [tensorSize(angle), tensorSize(throttle)];
  const head = (kind: 'donkeycar-linear' | 'donkeycar-categorical') => ({ outputs: [angle, throttle], head: { kind } });
  if (sizes[0] === 1 && sizes[1] === 1) return head('donkeycar-linear');
  if (sizes[0] === bins.angle && sizes[1] === bins.throttle) return head('donkeycar-categorical');
  // Donkeycar 2 before bins of throttle: Dense(1, activation='relu', name='throttle_out')
  if (sizes[0] === bins.angle && sizes[1] === 1 && by === 'names') return head('donkeycar-categorical');
  throw wrong(
    `The network gives an angle and a throttle as ${list([angle, throttle])}; Donkeycar's are single numbers, or ${bins.angle} and ${bins.throttle} bins. ${say}`,
  );
}

function donkeycarPair(inputs: readonly TensorInfo[], outputs: readonly TensorInfo[]) {
  const [one, other, ...more] = outputs;
  if (one === undefined || other === undefined || more.length > 0) return undefined;
  const pairOf = (is: (tensor: TensorInfo) => 'angle' | 'throttle' | undefined, by: 'names' | 'sizes') => {
    const [angle, throttle] = [
      outputs.find((tensor) => is(tensor) === 'angle'),
      outputs.find((tensor) => is(tensor) === 'throttle'),
    ];
    return angle === undefined || throttle === undefined ? undefined : { angle, throttle, by };
  };
  const byName = pairOf((tensor) => {
    const role = roleOf(tensor);
    const place = /(?:^|\/)n_outputs([01])(?::0)?(?:$|\/)/.exec(tensor.called)?.[1];
    if (place !== undefined) return place === '0' ? 'angle' : 'throttle';
    return role === 'angle' || role === 'throttle' ? role : undefined;
  }, 'names');
  if (byName !== undefined) return byName;
  if (inputs.some((tensor) => donkeycarImage.test(tensor.called))) {
    const placed = pairOf((tensor) => {
      const place = converted.exec(tensor.called);
      return place === null ? undefined : Number(place[1] ?? 0) === 0 ? 'angle' : 'throttle';
    }, 'names');
    if (placed !== undefined) return placed;
  }
  return pairOf((tensor) => {
    if (roleOf(tensor) !== 'unknown' && roleOf(tensor) !== 'probabilities') return undefined;
    return tensorSize(tensor) === bins.angle ? 'angle' : tensorSize(tensor) === bins.throttle ? 'throttle' : undefined;
  }, 'sizes');
}

// ---- with a model_metadata.json

/** Of these no action is made. */
const beside: ReadonlySet<Role> = new Set(['spread', 'value', 'log-probability', 'state']);

function discrete(
  { inputs, outputs }: NetworkTensors,
  space: Extract<ActionSpace, { kind: 'discrete' }>,
): OutputBinding {
  const wanted = outputSize(space);
  // Two outputs may be the same numbers: scores, and the action chosen from them.
  const fitting = outputs
    .filter((tensor) => tensorSize(tensor) === wanted)
    .filter(({ name }, at, all) => all.findIndex((one) => one.name === name) === at);
  const isSum = (tensor: TensorInfo) =>
    roleOf(tensor) === 'probabilities' || (tensor.end === 'Softmax' && !beside.has(roleOf(tensor)));
  const [probabilities, ...more] = fitting.filter(isSum);
  // Softmax keeps the order: whether probabilities or what goes into them is taken, the action is the same.
  const isScores = (tensor: TensorInfo) =>
    !isSum(tensor) && (['choices', 'log-probability'].includes(roleOf(tensor)) || isRllib(inputs, tensor));
  const scores = fitting.filter(isScores);
  const rest = fitting.filter(
    (tensor) => !isSum(tensor) && !isScores(tensor) && ['action', 'unknown'].includes(roleOf(tensor)),
  );
  const take = (output: TensorInfo, sumsToOne: boolean): OutputBinding => ({
    outputs: [output],
    head: { kind: 'discrete', probabilities: sumsToOne },
  });
  if (probabilities !== undefined && more.length === 0) return take(probabilities, true);
  if (probabilities === undefined && rest.length === 1 && scores.length === 0) return take(rest[0] as TensorInfo, true);
  if (probabilities === undefined && rest.length === 0 && scores.length === 1)
    return take(scores[0] as TensorInfo, false);
  if (fitting.length > 1)
    throw wrong(`${list(fitting)} could each choose from the ${wanted} actions of model_metadata.json. ${say}`);
  throw wrong(
    fitting.length === 1
      ? `The network gives ${list(outputs)}; the only one with ${wanted} numbers is called like something that is no choice of actions. ${say}`
      : `${gives(outputs)}, but the action space of model_metadata.json wants ${wanted} numbers; the two belong to different models.`,
  );
}

function continuous({ inputs, outputs }: NetworkTensors, { algorithm }: ModelMetadata): OutputBinding {
  const head = (steering: OutputIndex, speed: OutputIndex, tensors: readonly TensorInfo[]): OutputBinding => ({
    outputs: tensors,
    // A network that ends in tanh has done what training does after SAC's mean.
    head: {
      kind: 'continuous',
      steering,
      speed,
      squash: algorithm === 'sac' && !tensors.every((one) => one.end === 'Tanh') ? 'tanh' : 'clip',
    },
  });
  const both = (output: TensorInfo) => head({ output: 0, index: 0 }, { output: 0, index: 1 }, [output]);
  const usable = (tensor: TensorInfo) =>
    !beside.has(roleOf(tensor)) && !['probabilities', 'choices'].includes(roleOf(tensor));
  const [gaussian, ...others] = outputs.filter(
    (tensor) => tensorSize(tensor) === 4 && (roleOf(tensor) === 'gaussian' || isRllib(inputs, tensor)),
  );
  // The means, then the logarithms of the deviations. ray/rllib/models/torch/torch_action_dist.py, TorchDiagGaussian
  if (gaussian !== undefined && others.length === 0) return both(gaussian);
  const fitting = outputs.filter((tensor) => tensorSize(tensor) === 2 && usable(tensor));
  if (fitting.length === 1 && speedComesFirst(fitting[0] as TensorInfo))
    throw wrong(
      `${list(fitting)} are two numbers: by model_metadata.json the first would be the steering, by the output's name the speed. ${say}`,
    );
  if (fitting.length === 1) return both(fitting[0] as TensorInfo);
  if (fitting.length > 1) throw wrong(`${list(fitting)} could each be steering and speed. ${say}`);
  const single = outputs.filter((tensor) => tensorSize(tensor) === 1);
  const [steering, speed] = [
    single.filter((tensor) => roleOf(tensor) === 'steering'),
    single.filter((tensor) => roleOf(tensor) === 'speed'),
  ];
  if (steering.length === 1 && speed.length === 1)
    return head({ output: 0, index: 0 }, { output: 1, index: 0 }, [steering[0] as TensorInfo, speed[0] as TensorInfo]);
  const [four, ...otherFours] = outputs.filter((tensor) => tensorSize(tensor) === 4 && usable(tensor));
  if (four !== undefined && otherFours.length === 0)
    throw wrong(
      `${inWords(four)} are four numbers for the two of model_metadata.json: they could be the two means and then what belongs to their deviations, or the mean and deviation of the steering and then those of the speed. ${say}`,
    );
  if (single.filter(usable).length === 2)
    throw wrong(
      `${list(single.filter(usable))} are two numbers: the first could be steering and the second speed, positive to the left as DeepRacer has it, or Donkeycar's angle and throttle, or either the other way round. ${say}`,
    );
  throw wrong(
    `${gives(outputs)}, but the action space of model_metadata.json wants 2 numbers, steering and speed; the two belong to different models. Where they do belong together, say in a pitwall.yaml which numbers are meant (docs/models.md).`,
  );
}

/**
 * RLlib calls what goes into its distribution of actions just "output". ray/rllib/policy/torch_policy.py, export_model:
 * input_names are the keys of SampleBatch (`obs`, `state_in_0`, `seq_lens`), output_names ["output", "state_outs"]
 */
const isRllib = (inputs: readonly TensorInfo[], { called }: TensorInfo): boolean =>
  called === 'output' && inputs.some((tensor) => tensor.called === 'obs');

/** An output that is called `throttle_angle`. */
export const speedComesFirst = ({ called }: TensorInfo): boolean =>
  /(?:speed|velocity|throttle)[^A-Za-z0-9]*(?:and)?[^A-Za-z0-9]*(?:steer|angle)/i.test(called);

const gives = (outputs: readonly TensorInfo[]): string =>
  outputs.length === 1 ? `The network's output is ${list(outputs)}` : `The network gives ${list(outputs)}`;

// ---- without

function unexplained({ outputs }: NetworkTensors): PitwallError {
  const how =
    'Put the model_metadata.json that it was trained with into the archive or beside the file, or describe it in a pitwall.yaml (docs/models.md).';
  const [first, ...others] = outputs;
  if (first !== undefined && others.length === 0 && tensorSize(first) === 2)
    return wrong(
      `The network gives ${inWords(first)} and came without model_metadata.json: it could be a DeepRacer policy's steering and speed (positive to the left, pixels 0 to 255) or a Donkeycar's angle and throttle (positive to the right, pixels 0 to 1). ${how}`,
    );
  if (outputs.length === 2 && outputs.every((tensor) => tensorSize(tensor) === 1))
    return wrong(
      `The network gives ${list(outputs)} and came without model_metadata.json: either could be steering and the other speed, and nothing says to which side steering is positive. ${how}`,
    );
  return wrong(
    `The network gives ${list(outputs)} and came without model_metadata.json, so nothing says what its numbers mean. ${how}`,
  );
}
