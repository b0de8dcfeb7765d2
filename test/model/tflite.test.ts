import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModel } from '@pitwall/agent/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { donkeycar } from './donkeycar.js';
import { evaluate } from './evaluate.js';
import { randomFrame } from './frames.js';
import { packArchive } from './pack.js';
import { random } from './random-policy.js';
import { type Option, TfliteWriter } from './tflite-writer.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-tflite-'));
});
afterAll(() => rm(folder, { recursive: true }));

const largest = (values: Float64Array) => values.indexOf(Math.max(...values));

describe.each([
  ['linear', false],
  ['categorical', false],
  ['linear', true],
] as const)('a Donkeycar network, %s, float16 weights %s', (kind, float16) => {
  it('gives what plain arithmetic gives, and drives', async () => {
    const path = join(folder, `${kind}${float16}.tflite`);
    const network = donkeycar(kind, 5, float16);
    await writeFile(path, network.tflite);
    const { policy, metadata } = await loadModel(path);
    expect(metadata.warnings.join()).toContain('Donkeycar');
    const next = random(8);
    for (let image = 0; image < 2; image += 1) {
      const camera = randomFrame(19_200, next);
      const pixels = Float64Array.from({ length: 57_600 }, (_, at) =>
        Math.fround((camera[Math.floor(at / 3)] as number) / 255),
      );
      const [angle, throttle] = network.heads.map(
        (head) => evaluate(network.nodes, head, { img_in: { shape: [1, 120, 160, 3], data: pixels } }).data,
      ) as [Float64Array, Float64Array];
      const { output, action } = await policy.decide({ camera });
      const truth = [...angle, ...throttle];
      const scale = Math.max(...truth.map(Math.abs));
      truth.forEach((value, at) => {
        expect(Math.abs(value - (output[at] as number)) / scale).toBeLessThan(1e-4);
      });
      const side = kind === 'linear' ? (angle[0] as number) : -1 + largest(angle) * (2 / 14);
      const power = kind === 'linear' ? (throttle[0] as number) : largest(throttle) * (0.5 / 20);
      expect(action.steeringDeg).toBeCloseTo(-30 * Math.min(1, Math.max(-1, side)), 2);
      expect(action.speedMps).toBeCloseTo(4 * Math.min(1, Math.max(-1, power)), 2);
    }
    await policy.close();
  });
});

it.each([
  [[1, 3, 120, 160, 3], /^The network takes img_in \[1,3,120,160,3\], several frames at once; a policy sees one\.$/],
  [[1, 120, 160, 3], /has 4 graphs inside its network: it loops or chooses, as recurrent layers do/],
])('names what loops, as Donkeycar’s recurrent pilots do: %j', async (shape, words) => {
  const lite = new TfliteWriter();
  const image = lite.tensor('img_in', shape);
  const path = join(folder, 'recurrent.tflite');
  await writeFile(path, lite.finish([image], [image], undefined, 5));
  await expect(loadModel(path)).rejects.toMatchObject({
    code: 'graph-unsupported',
    message: expect.stringMatching(words),
  });
});

it('takes its limits from a model_metadata.json in an archive', async () => {
  const path = join(folder, 'donkey.tar.gz');
  const space = { steering_angle: { low: -20, high: 20 }, speed: { low: 0, high: 2 } };
  await packArchive(path, {
    'pilot.tflite': donkeycar('linear', 5).tflite,
    'model_metadata.json': JSON.stringify({
      action_space: space,
      action_space_type: 'continuous',
      sensor: ['FRONT_FACING_CAMERA'],
      version: '5',
    }),
  });
  const { policy } = await loadModel(path);
  const { output, action } = await policy.decide({ camera: new Uint8Array(19_200).fill(90) });
  expect(action.steeringDeg).toBeCloseTo(-20 * Math.min(1, Math.max(-1, output[0] as number)), 4);
  await policy.close();
});

/** Small networks of single operations, on an image of which only the first pixels are not zero. */
describe('operations of .tflite', () => {
  const metadata = (actions: number) => ({
    action_space: Array.from({ length: actions }, (_, at) => ({ steering_angle: at, speed: 1 })),
    sensor: ['FRONT_FACING_CAMERA'],
    version: '5',
  });
  /** camera → its top left 2×2 pixels → what the test adds → softmax over four; gives what went into the softmax. */
  async function through(add: (lite: TfliteWriter, corner: number) => number): Promise<number[]> {
    const lite = new TfliteWriter();
    const image = lite.tensor('FRONT_FACING_CAMERA', [1, 120, 160, 1]);
    const [begin, size] = [
      lite.tensor('begin', [4], Int32Array.of(0, 0, 0, 0)),
      lite.tensor('size', [4], Int32Array.of(1, 2, 2, 1)),
    ];
    const corner = lite.operator(65, 'corner', [image, begin, size], [1, 2, 2, 1]);
    const four = lite.operator(22, 'four', [add(lite, corner), lite.tensor('shape', [2], Int32Array.of(1, 4))], [1, 4]);
    const path = join(folder, 'operation.tar.gz');
    await packArchive(path, {
      'model.tflite': lite.finish([image], [lite.operator(25, 'softmax', [four], [1, 4], [[0, 'float32', 1]])]),
      'model_metadata.json': JSON.stringify(metadata(4)),
    });
    const { policy } = await loadModel(path);
    const camera = new Uint8Array(19_200);
    camera.set([1, 2], 0);
    camera.set([3, 4], 160);
    const { output } = await policy.decide({ camera });
    await policy.close();
    const logs = Array.from(output, Math.log);
    return logs.map((value) => value - (logs[0] as number));
  }
  const close = (given: number[], wanted: number[]) => {
    given.forEach((value, at) => {
      expect(value).toBeCloseTo((wanted[at] as number) - (wanted[0] as number), 4);
    });
  };
  const valid: Option[] = [
    [0, 'int8', 1],
    [1, 'int32', 1],
    [2, 'int32', 1],
  ];

  it.each([
    [14, 'LOGISTIC', (x: number) => 1 / (1 + Math.exp(-x))],
    [28, 'TANH', Math.tanh],
    [19, 'RELU', (x: number) => Math.max(0, x)],
    [21, 'RELU6', (x: number) => Math.min(6, x)],
    [111, 'ELU', (x: number) => x],
    [59, 'NEG', (x: number) => -x],
  ])('%i %s', async (code, name, apply) => {
    close(
      await through((lite, x) => lite.operator(code as number, name as string, [x], [1, 2, 2, 1])),
      [1, 2, 3, 4].map(apply as (x: number) => number),
    );
  });

  it('ADD and MUL with constants, broadcast along the last axes', async () => {
    const rows = (lite: TfliteWriter) => lite.tensor('rows', [2, 1], Float32Array.of(1, 2));
    close(
      await through((lite, x) =>
        lite.operator(18, 'mul', [lite.operator(0, 'add', [x, rows(lite)], [1, 2, 2, 1]), rows(lite)], [1, 2, 2, 1]),
      ),
      [2, 8, 4, 12],
    );
  });

  it('DEPTHWISE_CONV_2D with a multiplier, SAME padding and its bias', async () => {
    const values = await through((lite, x) => {
      const kernel = lite.tensor('kernel', [1, 1, 1, 2], Float32Array.of(2, -1));
      const bias = lite.tensor('bias', [2], Float32Array.of(0.5, 1));
      const wide = lite.operator(
        4,
        'depthwise',
        [x, kernel, bias],
        [1, 2, 2, 2],
        [
          [1, 'int32', 1],
          [2, 'int32', 1],
          [3, 'int32', 2],
          [5, 'int32', 1],
          [6, 'int32', 1],
        ],
      );
      const [begin, size] = [
        lite.tensor('b', [4], Int32Array.of(0, 0, 0, 1)),
        lite.tensor('s', [4], Int32Array.of(1, 2, 2, 1)),
      ];
      return lite.operator(65, 'second', [wide, begin, size], [1, 2, 2, 1]);
    });
    close(values, [0, -1, -2, -3]);
  });

  it('MAX_POOL_2D, AVERAGE_POOL_2D and CONCATENATION', async () => {
    const values = await through((lite, x) => {
      const pooled = (code: number, name: string) =>
        lite.operator(code, name, [x], [1, 1, 1, 1], [...valid, [3, 'int32', 2], [4, 'int32', 2]]);
      const parts = [pooled(17, 'max'), pooled(1, 'mean'), pooled(17, 'max2'), pooled(1, 'mean2')];
      return lite.operator(2, 'concat', parts, [1, 1, 1, 4], [[0, 'int32', 3]]);
    });
    close(values, [4, 2.5, 4, 2.5]);
  });

  it('FULLY_CONNECTED with TANH inside, PAD and MEAN', async () => {
    const values = await through((lite, x) => {
      const flat = lite.operator(22, 'flat', [x, lite.tensor('f', [2], Int32Array.of(1, 4))], [1, 4]);
      const identity = lite.tensor(
        'identity',
        [4, 4],
        Float32Array.of(0.1, 0, 0, 0, 0, 0.1, 0, 0, 0, 0, 0.1, 0, 0, 0, 0, 0.1),
      );
      return lite.operator(9, 'fc', [flat, identity, -1], [1, 4], [[0, 'int8', 4]]);
    });
    close(values, [0.1, 0.2, 0.3, 0.4].map(Math.tanh));
    const means = await through((lite, x) => {
      const padded = lite.operator(
        34,
        'pad',
        [x, lite.tensor('p', [4, 2], Int32Array.of(0, 0, 1, 1, 0, 2, 0, 0))],
        [1, 4, 4, 1],
      );
      return lite.operator(40, 'mean', [padded, lite.tensor('axis', [1], Int32Array.of(2))], [1, 4, 1]);
    });
    close(means, [0, 0.75, 1.75, 0]);
  });

  it.each([
    [44, /UNIDIRECTIONAL_SEQUENCE_LSTM.*"memory".*version 1/],
    [99, /number 99.*"memory".*version 1/],
  ])('names operation %i, which it does not know', async (code, words) => {
    await expect(through((lite, x) => lite.operator(code, 'memory', [x], [1, 2, 2, 1]))).rejects.toMatchObject({
      code: 'graph-unsupported',
      message: expect.stringMatching(words),
    });
  });
});
