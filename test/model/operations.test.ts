import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeModel, GraphWriter, loadModel } from '@pitwall/agent/model';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from './evaluate.js';
import { randomFrame } from './frames.js';
import { packArchive } from './pack.js';
import { random } from './random-policy.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-operations-'));
});
afterAll(() => rm(folder, { recursive: true }));

type Build = (graph: GraphWriter, x: string, next: () => number) => string;
const head = 'main_level/agent/main/online/network_1/ppo_head_0/policy';

/**
 * A network around the operations under test: a crop of the camera (−0.5 to 0.5), as many channels as wanted, the
 * operations, a flatten, and a softmax beside a constant 0, from which every value before the softmax can be read again.
 * `meaning` says the same in operations that the evaluator knows.
 */
async function agrees(
  build: Build,
  size: readonly [height: number, width: number, channels: number] = [6, 7, 3],
  seed = 1,
  meaning = build,
): Promise<string[]> {
  const graph = around(build, size, seed);
  const image = randomFrame(19_200, random(seed));
  const feeds = { FRONT_FACING_CAMERA: { shape: [1, 120, 160, 1], data: Float64Array.from(image) } };
  const truth = evaluate(around(meaning, size, seed).nodes, 'joined', feeds).data;
  const path = join(folder, 'operation.tar.gz');
  await packArchive(path, {
    'model.pb': graph.finish(),
    'model_metadata.json': JSON.stringify({
      action_space: Array.from(truth, () => ({ steering_angle: 0, speed: 1 })),
      sensor: ['FRONT_FACING_CAMERA'],
      version: '5',
    }),
  });
  const { policy } = await loadModel(path);
  const { output } = await policy.decide({ camera: image });
  await policy.close();
  const base = Math.log(output.at(-1) as number);
  truth.forEach((value, at) => {
    expect(Math.log(output[at] as number) - base).toBeCloseTo(value, 3);
  });
  return (await describeModel(path)).layers.map((layer) => layer.op);
}

function around(build: Build, [height, width, channels]: readonly [number, number, number], seed: number): GraphWriter {
  const next = random(seed);
  const graph = new GraphWriter();
  const camera = graph.placeholder('FRONT_FACING_CAMERA', [120, 160, 1]);
  const crop = graph.node('crop', 'Slice', [
    camera,
    graph.ints('crop/begin', [0, 10, 20, 0]),
    graph.ints('crop/size', [1, height, width, 1]),
  ]);
  const scaled = graph.node('scaled', 'RealDiv', [crop, graph.floats('scaled/y', [255], [])]);
  const mixed = graph.node(
    'mix',
    'Conv2D',
    [
      scaled,
      graph.floats(
        'mix/k',
        Array.from({ length: channels }, () => next() * 2 - 1),
        [1, 1, 1, channels],
      ),
    ],
    {
      strides: { list: { i: [1, 1, 1, 1] } },
      padding: { s: Buffer.from('VALID') },
    },
  );
  const result = build(graph, mixed, next);
  const flat = graph.node('flat', 'Reshape', [result, graph.ints('flat/shape', [1, -1])]);
  const joined = graph.node('joined', 'ConcatV2', [
    flat,
    graph.floats('zero', [0], [1, 1]),
    graph.ints('joined/axis', [1], []),
  ]);
  graph.node(head, 'Softmax', [joined]);
  return graph;
}

const floats = (count: number, next: () => number) => Array.from({ length: count }, () => next() * 2 - 1);
const strides = (step: number) => ({ list: { i: [1, step, step, 1] } });
const text = (value: string) => ({ s: Buffer.from(value) });

describe('each operation gives what its definition says', () => {
  it.each(['Relu', 'Tanh', 'Sigmoid', 'Elu', 'Exp', 'CheckNumerics', 'Identity', 'StopGradient'])('%s', async (op) => {
    await agrees((graph, x) => graph.node('op', op, [x]));
  });
  it('LeakyRelu', async () => {
    await agrees((graph, x) => graph.node('op', 'LeakyRelu', [x], { alpha: { f: 0.3 } }));
  });
  it('Cast', async () => {
    await agrees((graph, x) => graph.node('op', 'Cast', [x], { DstT: { type: 1 } }));
  });
  it.each(['Minimum', 'Maximum', 'Add', 'AddV2', 'Sub', 'Mul', 'RealDiv'])(
    '%s with a number, a number for each channel, and another image',
    async (op) => {
      await agrees((graph, x) => graph.node('op', op, [x, graph.floats('c', [0.2], [])]));
      await agrees((graph, x, next) =>
        graph.node('op', op, [
          x,
          graph.floats(
            'c',
            floats(3, next).map((value) => value + Math.sign(value)),
            [3],
          ),
        ]),
      );
      if (op !== 'RealDiv') await agrees((graph, x) => graph.node('op', op, [x, graph.node('t', 'Tanh', [x])]));
    },
  );
  it('FusedBatchNorm', async () => {
    await agrees((graph, x, next) => {
      const part = (name: string, positive: boolean) =>
        graph.floats(
          name,
          floats(3, next).map((value) => (positive ? Math.abs(value) + 0.1 : value)),
          [3],
        );
      return graph.node(
        'op',
        'FusedBatchNorm',
        [x, part('scale', true), part('offset', false), part('mean', false), part('variance', true)],
        { epsilon: { f: 0.001 }, is_training: { b: false } },
      );
    });
  });
  it('Pad, Tile, Transpose, ExpandDims, Squeeze', async () => {
    await agrees((graph, x) => graph.node('op', 'Pad', [x, graph.ints('p', [0, 0, 1, 2, 0, 3, 1, 0], [4, 2])]));
    await agrees((graph, x) => graph.node('op', 'Tile', [x, graph.ints('m', [1, 2, 1, 3])]));
    await agrees((graph, x) => graph.node('op', 'Transpose', [x, graph.ints('m', [0, 2, 3, 1])]));
    await agrees((graph, x) => graph.node('op', 'Transpose', [x, graph.ints('m', [0, 3, 1, 2])]));
    await agrees((graph, x) => {
      const wider = graph.node('wider', 'ExpandDims', [x, graph.ints('axis', [1], [])]);
      return graph.node('op', 'Squeeze', [wider], { squeeze_dims: { list: { i: [0, 1] } } });
    });
  });
  it.each([
    [[1, 2], false],
    [[1, 2], true],
    [[3], true],
    [[1], false],
  ])('Mean over %j, dimensions kept: %s', async (axes, keep) => {
    await agrees((graph, x) => graph.node('op', 'Mean', [x, graph.ints('axes', axes)], { keep_dims: { b: keep } }));
  });
  it('Split, Unpack and ConcatV2 along each axis', async () => {
    for (const axis of [1, 2, 3]) {
      await agrees(
        (graph, x) => {
          graph.node('split', 'Split', [graph.ints('axis', [axis], []), x], { num_split: { i: 2 } });
          return graph.node('op', 'ConcatV2', ['split:1', 'split', 'split:1', graph.ints('along', [axis], [])]);
        },
        [4, 6, 2],
      );
    }
    await agrees((graph, x) => {
      graph.node('unpack', 'Unpack', [x], { num: { i: 3 }, axis: { i: 3 } });
      return graph.node('op', 'Sub', ['unpack:2', 'unpack']);
    });
  });
  it('ConcatV2 and Softmax of images that come from convolutions', async () => {
    for (const axis of [1, 2, 3, -1]) {
      await agrees((graph, x) =>
        graph.node('op', 'ConcatV2', [x, graph.node('r', 'Relu', [x]), x, graph.ints('along', [axis], [])]),
      );
    }
    await agrees((graph, x) => graph.node('op', 'Softmax', [x]));
  });
  it('MatMul after a flatten that was changed on its way', async () => {
    await agrees((graph, x, next) => {
      const flat = graph.node('f', 'Reshape', [x, graph.ints('f/shape', [1, -1])]);
      const weighted = graph.node('w', 'Mul', [flat, graph.floats('v', floats(126, next), [126])]);
      return graph.node('op', 'MatMul', [
        weighted,
        graph.floats(
          'k',
          floats(126 * 5, next).map((value) => value / 10),
          [126, 5],
        ),
      ]);
    });
  });
});

it('what does not depend on the observation is computed once, when the model is imported', async () => {
  const layers = await agrees((graph, x, next) => {
    const known = graph.node('difference', 'Sub', [
      graph.floats('a', floats(9, next), [3, 3]),
      graph.floats('b', floats(3, next), [3]),
    ]);
    const rows = graph.node('rows', 'Relu', [graph.node('turned', 'Transpose', [known, graph.ints('perm', [1, 0])])]);
    const row = graph.node('row', 'Slice', [rows, graph.ints('from', [1, 0]), graph.ints('size', [1, 3])]);
    const bias = graph.node('bias', 'Tanh', [graph.node('list', 'Reshape', [row, graph.ints('three', [3])])]);
    return graph.node('op', 'Add', [x, bias]);
  });
  expect(layers).toContain('Conv');
  for (const op of ['Sub', 'Relu', 'Tanh', 'Add', 'Mul', 'Div']) expect(layers).not.toContain(op);
});

it('a dropout whose switch is off, left in the graph, is nothing', async () => {
  const graph = new GraphWriter();
  const camera = graph.placeholder('FRONT_FACING_CAMERA', [120, 160, 1]);
  graph.nodes.push({ name: 'training', op: 'Placeholder', attr: { dtype: { type: 10 } } });
  const mean = graph.node('mean', 'Mean', [camera, graph.ints('axes', [1, 2])]);
  graph.node('cond/Switch', 'Switch', [mean, 'training']);
  const noise = graph.node('cond/dropout/random', 'RandomUniform', [graph.ints('shape', [1, 1])]);
  const dropped = graph.node('cond/dropout/mul', 'Mul', ['cond/Switch:1', noise]);
  const merged = graph.node('cond/Merge', 'Merge', ['cond/Switch', dropped]);
  graph.node(head, 'Softmax', [
    graph.node('both', 'ConcatV2', [merged, graph.floats('zero', [0], [1, 1]), graph.ints('axis', [1], [])]),
  ]);
  const path = join(folder, 'dropout.tar.gz');
  await packArchive(path, {
    'model.pb': graph.finish(),
    'model_metadata.json': JSON.stringify({
      action_space: [0, 1].map((steering_angle) => ({ steering_angle, speed: 1 })),
    }),
  });
  const { policy, metadata } = await loadModel(path);
  expect(metadata.camera).toBe('observation');
  const { output } = await policy.decide({ camera: new Uint8Array(19_200).fill(3) });
  expect(Math.log((output[0] as number) / (output[1] as number))).toBeCloseTo(3, 3);
  await policy.close();
});

describe('windows of any size', () => {
  const sizes = fc.record({
    height: fc.integer({ min: 4, max: 11 }),
    width: fc.integer({ min: 4, max: 11 }),
    channels: fc.integer({ min: 1, max: 3 }),
    kernel: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.constantFrom('SAME', 'VALID'),
    seed: fc.nat(1000),
  });
  type Sizes = typeof sizes extends fc.Arbitrary<infer T> ? T : never;
  const check = (build: (how: Sizes) => Build) =>
    fc.assert(
      fc.asyncProperty(sizes, async (how) => {
        const layers = await agrees(build(how), [how.height, how.width, how.channels], how.seed);
        expect(layers.filter((op) => op === 'Transpose').length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 15 },
    );
  it('Conv2D with BiasAdd and Relu', () =>
    check(({ kernel, stride, padding, channels }) => (graph, x, next) => {
      const k = graph.floats('k', floats(kernel * kernel * channels * 4, next), [kernel, kernel, channels, 4]);
      const convolved = graph.node('c', 'Conv2D', [x, k], { strides: strides(stride), padding: text(padding) });
      return graph.node('r', 'Relu', [
        graph.node('b', 'BiasAdd', [convolved, graph.floats('bias', floats(4, next), [4])]),
      ]);
    }));
  it('DepthwiseConv2dNative', () =>
    check(({ kernel, stride, padding, channels }) => (graph, x, next) => {
      const k = graph.floats('k', floats(kernel * kernel * channels * 2, next), [kernel, kernel, channels, 2]);
      return graph.node('c', 'DepthwiseConv2dNative', [x, k], { strides: strides(stride), padding: text(padding) });
    }));
  it.each(['MaxPool', 'AvgPool'])('%s', (op) =>
    check(
      ({ kernel, stride, padding }) =>
        (graph, x) =>
          graph.node('p', op, [x], { strides: strides(stride), ksize: strides(kernel), padding: text(padding) }),
    ),
  );
});

describe.each(['NHWC', 'NCHW'])('a Conv2D in %s', (format) => {
  const last = format === 'NHWC';
  /** Height's and width's numbers among those of the other two axes. */
  const ordered = (h: number, w: number) => (last ? [1, h, w, 1] : [1, 1, h, w]);
  const turned = (graph: GraphWriter, x: string, there: boolean) =>
    last
      ? x
      : graph.node(there ? 'there' : 'back', 'Transpose', [
          x,
          graph.ints(there ? 'there/p' : 'back/p', there ? [0, 3, 1, 2] : [0, 2, 3, 1]),
        ]);
  const kernel = (graph: GraphWriter, values: readonly number[], size: number) =>
    graph.floats('k', values, [size, size, 3, 4]);
  const convolved = (graph: GraphWriter, x: string, k: string, attributes: Parameters<GraphWriter['node']>[3]) =>
    turned(
      graph,
      graph.node('c', 'Conv2D', [turned(graph, x, true), k], { data_format: text(format), ...attributes }),
      false,
    );

  it('takes padding as four pairs of numbers', async () => {
    const weights = floats(2 * 2 * 3 * 4, random(9));
    const pairs = [
      [0, 0],
      [1, 2],
      [0, 3],
      [0, 0],
    ];
    await agrees(
      (graph, x) =>
        convolved(graph, x, kernel(graph, weights, 2), {
          strides: { list: { i: ordered(2, 2) } },
          padding: text('EXPLICIT'),
          explicit_paddings: {
            list: { i: (last ? pairs : [0, 3, 1, 2].map((axis) => pairs[axis] as number[])).flat() },
          },
        }),
      [6, 7, 3],
      1,
      (graph, x) =>
        graph.node(
          'c',
          'Conv2D',
          [graph.node('pad', 'Pad', [x, graph.ints('pairs', pairs.flat(), [4, 2])]), kernel(graph, weights, 2)],
          { strides: strides(2), padding: text('VALID') },
        ),
    );
  });

  it.each(['SAME', 'VALID'])('is dilated, padding %s', async (padding) => {
    const weights = floats(2 * 2 * 3 * 4, random(9));
    // The same kernel with a gap of one between its taps.
    const wide = Array.from({ length: 3 * 3 * 12 }, (_, at) => {
      const [tap, rest] = [Math.floor(at / 12), at % 12];
      const [row, column] = [Math.floor(tap / 3), tap % 3];
      return row % 2 === 0 && column % 2 === 0 ? (weights[(row + column / 2) * 12 + rest] as number) : 0;
    });
    await agrees(
      (graph, x) =>
        convolved(graph, x, kernel(graph, weights, 2), {
          strides: { list: { i: ordered(1, 1) } },
          dilations: { list: { i: ordered(2, 2) } },
          padding: text(padding),
        }),
      [6, 7, 3],
      1,
      (graph, x) =>
        graph.node('c', 'Conv2D', [x, kernel(graph, wide, 3)], { strides: strides(1), padding: text(padding) }),
    );
  });
});
