import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeModel, loadModel } from '@pitwall/agent/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHalf } from './donkeycar.js';
import { type Dimension, OnnxWriter } from './onnx-writer.js';
import { packArchive } from './pack.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-readings-'));
});
afterAll(() => rm(folder, { recursive: true }));

/**
 * One output of a made network: its numbers are `weights · (left half's grey, right half's grey) / 255 + bias`, and what
 * comes after.
 */
interface Out {
  readonly name: string;
  readonly rows: readonly (readonly [left: number, right: number, bias: number])[];
  readonly op?: string;
  /** As the exporter declares it; absent: [1, numbers]. */
  readonly flat?: boolean;
}
interface Made {
  readonly input?: string;
  readonly shape?: readonly [number, number, number, number];
  readonly outputs: readonly Out[];
  /** The network divides by 255 itself, as DeepRacer's and Stable-Baselines3's do. */
  readonly divides?: boolean;
}

/** Camera → mean of the left and of the right half of the first plane → each output. */
function network({ input = 'obs', shape = [1, 1, 120, 160], outputs, divides = true }: Made): Uint8Array {
  const onnx = new OnnxWriter();
  const image = onnx.input({ name: input, shape });
  const planar = shape[3] === 160;
  const channels = planar ? shape[1] : shape[3];
  const first = planar ? image : onnx.node('Transpose', [image], 'planes', { perm: [0, 3, 1, 2] });
  // One kernel as large as half of the picture, which looks at the first plane only.
  const kernel = new Float32Array(channels * 120 * 80);
  kernel.fill(1 / (120 * 80) / (divides ? 255 : 1), 0, 120 * 80);
  const half = onnx.weight('half', [1, channels, 120, 80], kernel);
  const halves = onnx.node('Conv', [first, half], 'halves', { kernel_shape: [120, 80], strides: [1, 80] });
  const features = onnx.node('Flatten', [halves], 'features', { axis: 1 });
  for (const { name, rows, op, flat = false } of outputs) {
    const weights = onnx.weight(
      `${name}.w`,
      [rows.length, 2],
      Float32Array.from(rows.flatMap((row) => row.slice(0, 2))),
    );
    const bias = onnx.weight(`${name}.b`, [rows.length], Float32Array.from(rows.map((row) => row[2])));
    const last = op !== undefined || flat;
    let value = onnx.node('Gemm', [features, weights, bias], last ? `${name}.linear` : name, { transB: 1 });
    if (op !== undefined) value = onnx.node(op, [value], flat ? `${name}.after` : name);
    if (flat) onnx.node('Reshape', [value, onnx.weight(`${name}.s`, [1], BigInt64Array.of(-1n))], name);
    onnx.output({ name, shape: flat ? [1] : [1, rows.length] });
  }
  return onnx.finish();
}

/** Left half 204, right half 51: the network sees 0.8 and 0.2. */
const frame = new Uint8Array(19_200).map((_, at) => (at % 160 < 80 ? 204 : 51));
const [left, right] = [0.8, 0.2];
const linear = ({ rows }: Out) => rows.map(([l, r, bias]) => l * left + r * right + bias);

const space = { steering_angle: { low: -20, high: 30 }, speed: { low: 1, high: 3 } };
const ppo = JSON.stringify({
  action_space: space,
  action_space_type: 'continuous',
  sensor: ['FRONT_FACING_CAMERA'],
  version: '5',
});
const sac = JSON.stringify({ ...JSON.parse(ppo), training_algorithm: 'sac' });
const list = [-25, -10, 0, 10, 25].map((angle, at) => ({ steering_angle: angle, speed: 1 + at / 4 }));
const five = JSON.stringify({
  action_space: list,
  action_space_type: 'discrete',
  sensor: ['FRONT_FACING_CAMERA'],
  version: '5',
});

type Wanted = { steeringDeg: number; speedMps: number };
const within = (value: number) => Math.min(1, Math.max(-1, value));
const spread = ([steering, speed]: readonly number[], squash: (value: number) => number = within): Wanted => ({
  steeringDeg: -20 + 25 * (squash(steering as number) + 1),
  speedMps: 1 + (squash(speed as number) + 1),
});

let made = 0;
async function archive(bytes: Uint8Array, texts: { metadata?: string; description?: string }): Promise<string> {
  made += 1;
  const path = join(folder, `${made}.tar.gz`);
  await packArchive(path, {
    'model.onnx': bytes,
    ...(texts.metadata === undefined ? {} : { 'model_metadata.json': texts.metadata }),
    ...(texts.description === undefined ? {} : { 'pitwall.yaml': texts.description }),
  });
  return path;
}

/** Every order in which a file may list its outputs. */
function orders<T>(values: readonly T[]): T[][] {
  if (values.length < 2) return [[...values]];
  return values.flatMap((value, at) => orders(values.toSpliced(at, 1)).map((rest) => [value, ...rest]));
}

async function drives(made: Made, texts: { metadata?: string; description?: string }, wanted: Wanted, word: RegExp) {
  for (const outputs of orders(made.outputs)) {
    const path = await archive(network({ ...made, outputs }), texts);
    const { policy, reading } = await loadModel(path);
    const { action } = await policy.decide({ camera: frame });
    await policy.close();
    expect(action.steeringDeg).toBeCloseTo(wanted.steeringDeg, 2);
    expect(action.speedMps).toBeCloseTo(wanted.speedMps, 2);
    // What inspect says is what was driven.
    expect((await describeModel(path)).reading).toEqual(reading);
    expect(reading.join('; ')).toMatch(word);
    await rm(path);
  }
}

async function refused(made: Made, texts: { metadata?: string; description?: string }, why: RegExp) {
  for (const outputs of orders(made.outputs)) {
    const path = await archive(network({ ...made, outputs }), texts);
    const refusal = {
      code: expect.stringMatching(/^(graph|metadata|output)-invalid$/),
      message: expect.stringMatching(why),
    };
    await expect(loadModel(path)).rejects.toMatchObject(refusal);
    await rm(path);
  }
}

const mean: Out = {
  name: 'mean',
  rows: [
    [1, -1, 0.1],
    [0.5, 0.25, -0.2],
  ],
};
const means = linear(mean);
const as = (name: string, more: Partial<Out> = {}): Out => ({ ...mean, name, ...more });
const other = (name: string, more: Partial<Out> = {}): Out => ({
  name,
  rows: [
    [-1, 2, 0.7],
    [2, 1, 0.4],
  ],
  ...more,
});
const value = (name: string, more: Partial<Out> = {}): Out => ({ name, rows: [[3, 1, 5]], ...more });
const choices = (name: string, more: Partial<Out> = {}): Out => ({
  name,
  rows: [
    [1, 0, 0],
    [0, 1, 0],
    [2, -1, 0],
    [0.5, 0.5, 0],
    [-1, 3, 0],
  ],
  ...more,
});
const third = { steeringDeg: 0, speedMps: 1.5 };

describe('continuous actions with a model_metadata.json', () => {
  it.each<[string, readonly Out[]]>([
    ['a mean alone', [mean]],
    ['an action and a value (PyTorch)', [as('action'), value('value')]],
    [
      'actions, values, log_prob (Stable-Baselines3)',
      [as('actions'), value('values'), value('log_prob', { flat: true })],
    ],
    ['names that are numbers (torch.onnx without output_names)', [as('31'), value('34'), value('40', { flat: true })]],
    ['mean and std', [as('policy_mean'), other('policy_std', { op: 'Softplus' })]],
    ['mean and log_std', [as('mu'), other('log_std')]],
    ['actor_mean, actor_logstd, critic (CleanRL)', [as('actor_mean'), other('actor_logstd'), value('critic')]],
    ['an output without a word, beside a deviation that says so', [as('output'), other('action_log_std')]],
    ['an output without a word, beside one that is never negative', [as('51'), other('52', { op: 'Exp' })]],
    [
      'action_dist_inputs (RLlib): means, then deviations',
      [{ name: 'action_dist_inputs', rows: [...mean.rows, ...other('x').rows] }],
    ],
    [
      'an output that RLlib calls "output", behind its obs: means, then deviations',
      [{ name: 'output', rows: [...mean.rows, ...other('x').rows] }],
    ],
    [
      'steering and speed by name',
      [
        { name: 'speed', rows: [mean.rows[1] as never] },
        { name: 'steering_angle', rows: [mean.rows[0] as never] },
      ],
    ],
  ])('%s', async (_, outputs) => {
    await drives(
      { outputs },
      { metadata: ppo },
      spread(means),
      /clipped.*is the steering: −1 is 20° to the right, 1 is 30° to the left/,
    );
  });

  it('SAC applies tanh, unless the network ends in it', async () => {
    const outputs = [as('mu'), other('log_std')];
    await drives({ outputs }, { metadata: sac }, spread(means, Math.tanh), /tanh of mu\[0\] is the steering/);
    const squashed = [as('action', { op: 'Tanh' })];
    await drives(
      { outputs: squashed },
      { metadata: sac },
      spread(means.map(Math.tanh)),
      /clipped to −1…1, action\[0\]/,
    );
  });

  it.each<[string, readonly Out[], RegExp]>([
    [
      'two outputs of two numbers without a word',
      [as('31'), other('32')],
      /31 \[1,2\], 32 \[1,2\] could each|32 \[1,2\], 31 \[1,2\] could each/,
    ],
    ['a mean and an action', [as('mean'), other('action')], /could each be steering and speed.*pitwall\.yaml/],
    ['only a deviation', [other('log_std')], /wants 2 numbers/],
    ['only probabilities', [as('probs', { op: 'Softmax' })], /wants 2 numbers/],
    [
      'two numbers, each by itself, without a word',
      [value('a'), value('b')],
      /or Donkeycar's angle and throttle.*pitwall\.yaml/,
    ],
    [
      'two numbers whose name puts the speed first',
      [as('throttle_steering')],
      /by model_metadata\.json the first would be the steering, by the output's name the speed.*pitwall\.yaml/,
    ],
    [
      'four numbers without a word',
      [{ name: '31', rows: [...mean.rows, ...other('x').rows] }],
      /\[1,4\].*two means and then.*or the mean and deviation of the steering.*pitwall\.yaml/,
    ],
  ])('refuses %s, and says what to do', async (_, outputs, why) => {
    await refused({ outputs }, { metadata: ppo }, why);
  });
});

it('all speeds negative: it drives backwards, and says so', async () => {
  const metadata = JSON.stringify({ ...JSON.parse(ppo), action_space: { ...space, speed: { low: -3, high: -1 } } });
  const backwards = { ...spread(means), speedMps: -3 + (within(means[1] as number) + 1) };
  await drives({ outputs: [mean] }, { metadata }, backwards, /is the speed: −1 is −3 m\/s, 1 is −1 m\/s/);
  const path = await archive(network({ outputs: [mean] }), { metadata });
  const { warnings } = await describeModel(path);
  expect(warnings.join(' ')).toMatch(/drives backwards only.*−?-?3 m\/s into full throttle backwards/);
});

describe('discrete actions with a model_metadata.json', () => {
  it.each<[string, readonly Out[]]>([
    ['probabilities', [choices('policy', { op: 'Softmax' })]],
    ['probabilities and a value', [choices('probs', { op: 'Softmax' }), value('value')]],
    ['probabilities and logits', [choices('probs', { op: 'Softmax' }), choices('logits')]],
    ['without a word, but a Softmax, beside a value', [choices('21', { op: 'Softmax' }), value('24')]],
    ['logits', [choices('logits'), value('values')]],
    ['Q values', [choices('q_values')]],
    ['beside a state', [choices('action_probs', { op: 'Softmax' }), other('state_out_0')]],
  ])('%s', async (_, outputs) => {
    await drives({ outputs }, { metadata: five }, third, /the largest (probability|number) of/);
  });

  it.each<[string, readonly Out[], RegExp]>([
    ['numbers that are no probabilities', [choices('out')], /no probabilities.*pitwall\.yaml/],
    [
      'two that could be',
      [choices('a', { op: 'Softmax' }), { ...choices('b', { op: 'Softmax' }), rows: choices('b').rows.toReversed() }],
      /could each choose from the 5 actions/,
    ],
    ['another count', [mean], /wants 5 numbers/],
    ["Donkeycar's words", [value('angle_out'), value('throttle_out')], /two belong to different models/],
  ])('refuses %s', async (_, outputs, why) => {
    await refused({ outputs }, { metadata: five }, why);
  });
});

describe('a Donkeycar network', () => {
  const single = (name: string, row: number): Out => ({ name, rows: [mean.rows[row] as never] });
  // Positive is to the right; throttle times 4 m/s.
  const wanted = { steeringDeg: -30 * (means[0] as number), speedMps: 4 * (means[1] as number) };
  it.each<[string, string, readonly [string, string]]>([
    ['by its own names', 'img_in', ['n_outputs0', 'n_outputs1']],
    ['by its words', 'img_in', ['angle_out', 'throttle_out']],
    ['by its words alone', 'input', ['angle', 'throttle']],
    [
      'by what TensorFlow calls them, behind an img_in',
      'serving_default_img_in:0',
      ['StatefulPartitionedCall:0', 'StatefulPartitionedCall:1'],
    ],
    ['by what older TensorFlows call them', 'img_in:0', ['Identity', 'Identity_1']],
  ])('is known %s', async (_, input, [angle, throttle]) => {
    for (const shape of [
      [1, 120, 160, 3],
      [1, 3, 120, 160],
      [1, 1, 120, 160],
    ] as const) {
      const made = { input, shape, outputs: [single(angle, 0), single(throttle, 1)], divides: false };
      await drives(made, {}, wanted, /sees black as 0 and white as 1.*is the angle: −1 is 30° to the left/);
    }
  });

  it('goes backwards as far as its metadata says, and is refused where that knows no way forwards', async () => {
    const speeds = (low: number, high: number) =>
      JSON.stringify({ action_space: { steering_angle: { low: -30, high: 30 }, speed: { low, high } }, version: '5' });
    const back: Out = { name: 'throttle_out', rows: [[0, 0, -0.5]] };
    const made = { input: 'img_in', outputs: [single('angle_out', 0), back], divides: false };
    const { steeringDeg } = wanted;
    await drives(made, {}, { steeringDeg, speedMps: -2 }, /is the throttle: 0 stands, 1 is 4 m\/s, −1 is −4 m\/s/);
    await drives(made, { metadata: speeds(-1, 2) }, { steeringDeg, speedMps: -1 }, /1 is 2 m\/s, −1 is −1 m\/s/);
    await drives(made, { metadata: speeds(0.5, 2) }, { steeringDeg, speedMps: 0 }, /what is below 0 stands too/);
    await refused(made, { metadata: speeds(-4, -1) }, /the fastest speed of model_metadata\.json, -1 m\/s/);
  });

  it('by its 15 and 20 bins, however they are called', async () => {
    const bins = (name: string, count: number, likeliest: number): Out => ({
      name,
      rows: Array.from({ length: count }, (_, at) => [0, 0, at === likeliest ? 3 : 0] as const),
      op: 'Softmax',
    });
    const wanted = { steeringDeg: (-30 * 2 * (10 - 7)) / 14, speedMps: (4 * 0.5 * 12) / 20 };
    for (const names of [
      ['angle_out', 'throttle_out'],
      ['Identity', 'dense_3'],
    ] as const) {
      const outputs = [bins(names[0], 15, 10), bins(names[1], 20, 12)];
      await drives({ outputs, divides: false }, {}, wanted, /likeliest bin/);
    }
    await refused({ outputs: [bins('a', 15, 1), bins('b', 21, 1)] }, {}, /nothing says what its numbers mean/);
    await refused({ outputs: [bins('angle_out', 5, 1), bins('throttle_out', 20, 1)] }, {}, /15 and 20 bins/);
  });
});

describe('without a model_metadata.json', () => {
  it.each<[string, readonly Out[], RegExp]>([
    ['one output of two numbers', [mean], /could be a DeepRacer policy's.*or a Donkeycar's.*model_metadata\.json/],
    ['an action and a value', [as('action'), value('value')], /nothing says what its numbers mean/],
    ['probabilities and a value', [choices('probs', { op: 'Softmax' }), value('value')], /nothing says what/],
    ['two numbers without a word', [value('Identity'), value('Identity_1')], /to which side steering is positive/],
    ['a mean and a deviation', [mean, other('std')], /nothing says what/],
  ])('%s is refused', async (_, outputs, why) => {
    await refused({ outputs }, {}, why);
  });
});

describe('a pitwall.yaml', () => {
  it('says of two readings which', async () => {
    const description = `
outputs:
  steering: { output: "32", index: 1, unit: share, positive: right, range: [-15, 20] }
  speed: { output: "31", index: 0, unit: share, numbers: [0, 1], range: [0, 2] }
`;
    const [steering] = linear(as('32')).slice(1);
    const [speed] = linear(as('31'));
    await drives(
      { outputs: [as('31'), as('32')] },
      { description },
      { steeringDeg: -15 + (35 / 2) * (1 - (steering as number)), speedMps: 2 * (speed as number) },
      /32\[1\] is the steering: 1 is 15° to the right, −1 is 20° to the left; 31\[0\] is the speed: 0 is 0 m\/s, 1 is 2 m\/s/,
    );
  });

  it.each([
    ['degrees', 'left', (x: number) => x],
    ['radians', 'left', (x: number) => (x * 180) / Math.PI],
    ['degrees', 'right', (x: number) => -x],
  ])(
    'gives steering in %s, positive to the %s, and speed in m/s, within its ranges',
    async (unit, positive, degrees) => {
      const description = `outputs:
  steering: { output: out, index: 0, unit: ${unit}, positive: ${positive}, range: [-30, 30] }
  speed: { output: out, index: 1, unit: m/s, range: [0, 4] }`;
      await drives(
        { outputs: [as('out')] },
        { description },
        { steeringDeg: within(degrees(means[0] as number) / 30) * 30, speedMps: means[1] as number },
        /out\[0\] is the steering/,
      );
    },
  );

  it('takes its ranges from the metadata, and what black and white are from itself', async () => {
    const description = `
input: { name: obs, colour: bgr, range: [-1, 1] }
outputs:
  steering: { output: mean, index: 0, unit: share, positive: left }
  speed: { output: mean, index: 1, unit: share }
`;
    // The network does not divide: it sees 0.6 and −0.6.
    const seen = mean.rows.map(([l, r, bias]) => l * (2 * left - 1) + r * (2 * right - 1) + bias);
    const made = { shape: [1, 3, 120, 160] as const, outputs: [mean], divides: false };
    await drives(
      made,
      { metadata: ppo, description },
      spread(seen),
      /sees black as −1 and white as 1, the grey picture in each of its 3 planes/,
    );
  });

  it('says that numbers are scores', async () => {
    const description = 'outputs: { actions: { output: output, as: scores } }';
    await drives({ outputs: [choices('output')] }, { metadata: five, description }, third, /largest number of output/);
  });

  it.each([
    ['outputs: [', /YAML at line 1, column/],
    ['outputs: { steering: { unit: share, positive: up } }', /pitwall\.yaml is not valid: outputs\.(steering|speed)/],
    [
      'outputs:\n  steering: { output: x, unit: share, positive: left }\n  speed: { output: mean, index: 1, unit: share }',
      /output "x"; the network has mean \[1,2\]/,
    ],
    [
      'outputs:\n  steering: { unit: share, positive: left }\n  speed: { index: 1, unit: share }',
      /which number of mean \[1,2\] is the steering/,
    ],
    [
      'outputs:\n  steering: { index: 1, unit: share, positive: left }\n  speed: { index: 1, unit: share }',
      /same number/,
    ],
    ['input: { name: image }', /input "image"; the network takes obs/],
    ['input: { colour: rgb }', /sees rgb, but it takes obs/],
    ['steering: left', /not valid.*steering/],
  ])('%j is refused with a sentence', async (description, why) => {
    await refused({ outputs: [mean] }, { metadata: ppo, description }, why);
  });

  it('does not overrule the metadata', async () => {
    const description = `outputs:
  steering: { output: mean, index: 0, unit: share, positive: left, range: [-9, 9] }
  speed: { output: mean, index: 1, unit: share, range: [0, 1] }`;
    await refused({ outputs: [mean] }, { metadata: five, description }, /chooses from 5 actions; leave one of them/);
  });

  it('beside a network alone counts too', async () => {
    const own = await mkdtemp(join(folder, 'alone-'));
    await writeFile(join(own, 'pilot.onnx'), network({ outputs: [mean] }));
    await writeFile(
      join(own, 'pitwall.yaml'),
      'outputs:\n  steering: { index: 0, unit: share, positive: left, range: [-20, 30] }\n  speed: { index: 1, unit: share, range: [1, 3] }',
    );
    const { policy } = await loadModel(join(own, 'pilot.onnx'));
    const { action } = await policy.decide({ camera: frame });
    await policy.close();
    expect(action.steeringDeg).toBeCloseTo(spread(means).steeringDeg, 2);
  });
});

describe('a stereo network whose planes come one after another', () => {
  it('sees left and right where they belong', async () => {
    const metadata = JSON.stringify({ ...JSON.parse(ppo), sensor: ['STEREO_CAMERAS'] });
    // It looks at the first plane only, which is the left camera.
    const path = await archive(network({ shape: [1, 2, 120, 160], outputs: [mean] }), { metadata });
    const { policy } = await loadModel(path);
    const camera = new Uint8Array(38_400).map((_, at) => (at % 2 === 1 ? 9 : (frame[at >> 1] as number)));
    const { action } = await policy.decide({ camera });
    await policy.close();
    expect(action.steeringDeg).toBeCloseTo(spread(means).steeringDeg, 2);
  });
});

describe('what an exporter adds for training', () => {
  it('may be of any operation and type, as long as no action is made of it', async () => {
    const onnx = new OnnxWriter();
    const image = onnx.input({ name: 'obs', shape: ['batch', 1, 120, 160] });
    onnx.input({ name: 'seq_lens', shape: ['batch'], type: 7 });
    const state = onnx.input({ name: 'state_ins', shape: ['batch', 1] });
    const features = onnx.node('Flatten', [image], 'features', { axis: 1 });
    const weights = onnx.weight('w', [2, 19_200], new Float32Array(38_400).fill(1 / 19_200 / 255));
    onnx.node('Gemm', [features, weights], 'actions', { transB: 1 });
    onnx.node('Identity', [state], 'state_outs');
    onnx.node('RandomNormalLike', ['actions'], 'noise');
    onnx.node('ReduceSum', ['noise'], 'log_prob', { keepdims: 0 });
    for (const name of ['log_prob', 'actions', 'state_outs']) onnx.output({ name, shape: ['batch'] });
    const path = await archive(onnx.finish(), { metadata: ppo });
    const { policy } = await loadModel(path);
    const { action } = await policy.decide({ camera: new Uint8Array(19_200).fill(51) });
    await policy.close();
    expect(action.steeringDeg).toBeCloseTo(spread([0.2, 0.2]).steeringDeg, 2);
  });
});

describe('an exporter that left open what the camera fixes', () => {
  const open: readonly (readonly [string, readonly Dimension[] | undefined, boolean])[] = [
    ['height and width', ['batch', 1, 'height', 'width'], false],
    ['everything but the rank', ['n', 'c', 'h', 'w'], false],
    ['the shape', undefined, false],
    ['height and width, channels last', ['batch', 'height', 'width', 1], true],
    ['the shape, channels last', undefined, true],
  ];
  it.each(open)('%s', async (_, shape, last) => {
    const path = await archive(openNetwork(shape, last), { metadata: ppo });
    const { policy } = await loadModel(path);
    const { action } = await policy.decide({ camera: frame });
    await policy.close();
    expect(action.steeringDeg).toBeCloseTo(spread([0.8, 0.2]).steeringDeg, 2);
  });

  it('and what it does not fix is refused', async () => {
    for (const [shape, why] of [
      [['n', 1, 'h', 320], /\[\?,1,\?,320\].*160 wide and 120 high/],
      [['n', 3, 'h', 'w'], /\[\?,3,\?,\?\]/],
    ] as const) {
      const path = await archive(openNetwork(shape, false), { metadata: ppo });
      await expect(loadModel(path)).rejects.toMatchObject({ message: expect.stringMatching(why) });
    }
  });

  it('float16 throughout is computed in float32', async () => {
    const path = await archive(openNetwork(['n', 1, 120, 160], false, 10), { metadata: ppo });
    const { policy } = await loadModel(path);
    const { action } = await policy.decide({ camera: frame });
    await policy.close();
    expect(action.steeringDeg).toBeCloseTo(spread([0.8, 0.2]).steeringDeg, 0);
  });

  /** The two halves' greys as steering and speed; `type` 10 is float16. */
  function openNetwork(shape: readonly Dimension[] | undefined, last: boolean, type = 1): Uint8Array {
    const onnx = new OnnxWriter();
    const image = onnx.input({ name: 'obs', shape, type });
    const scaled = onnx.node('Div', [image, onnx.weight('s255', [], Float32Array.of(255))], 'scaled');
    const first = last ? onnx.node('Transpose', [scaled], 'planes', { perm: [0, 3, 1, 2] }) : scaled;
    const values = new Float32Array(9600).fill(1 / 9600);
    const half = onnx.weight('half', [1, 1, 120, 80], type === 10 ? Uint16Array.from(values, toHalf) : values);
    const halves = onnx.node('Conv', [first, half], 'halves', { kernel_shape: [120, 80], strides: [1, 80] });
    onnx.node('Flatten', [halves], 'mean', { axis: 1 });
    onnx.output({ name: 'mean', shape: ['n', 2], type });
    return onnx.finish();
  }
});
