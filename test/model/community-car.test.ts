import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModel, type PolicyGraph, policyGraph, type Weights } from '@pitwall/agent/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from './donkeycar.js';
import { evaluate } from './evaluate.js';
import { randomFrame } from './frames.js';
import { random, smallPolicy } from './random-policy.js';
import { type Option, TfliteWriter } from './tflite-writer.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-community-'));
  await writeFile(
    join(folder, 'model_metadata.json'),
    JSON.stringify({
      action_space: [-1, 0, 1].map((side) => ({ steering_angle: side * 20, speed: 1 })),
      sensor: ['FRONT_FACING_CAMERA'],
      version: '5',
    }),
  );
});
afterAll(() => rm(folder, { recursive: true }));

const halves = <W extends Weights>(weights: W): W => ({
  ...weights,
  kernel: weights.kernel.map((value) => fromHalf(toHalf(value))),
  bias: weights.bias.map((value) => fromHalf(toHalf(value))),
});
/** A policy whose weights float16 holds exactly. */
function policy(): PolicyGraph {
  const { sensors, middleware, head, ...rest } = smallPolicy();
  return {
    ...rest,
    sensors: sensors.map((sensor) => ({ ...sensor, convolutions: sensor.convolutions.map(halves) })),
    middleware: middleware.map(halves),
    head: { hidden: [], output: halves(head.output) },
  };
}
const image = 'main_level/agent/main/online/network_0/FRONT_FACING_CAMERA/FRONT_FACING_CAMERA';

/**
 * How the converter writes a frozen graph: the same steps, weights as float16 behind a Dequantize, ReLU inside its layer,
 * the flatten with a fixed shape or gone, the gradient rescaler still there.
 */
function converted({ sensors, middleware, head }: PolicyGraph, flatten: boolean): Uint8Array {
  const lite = new TfliteWriter();
  const [camera] = sensors;
  const input = lite.tensor(image, [1, 120, 160, 1]);
  const number = (name: string, value: number) => lite.tensor(name, [], Float32Array.of(value));
  const half = (name: string, shape: readonly number[], values: Float32Array) =>
    lite.operator(6, `${name}/dequantize`, [lite.tensor(name, shape, Uint16Array.from(values, toHalf))], shape);
  /** Their last axis first. */
  const turned = ({ kernel, shape }: Weights) => {
    const filters = shape.at(-1) as number;
    const inner = kernel.length / filters;
    return Float32Array.from(kernel, (_, at) => kernel[(at % inner) * filters + Math.floor(at / inner)] as number);
  };
  let x = lite.operator(42, 'truediv', [input, number('truediv/y', 255)], [1, 120, 160, 1]);
  x = lite.operator(41, 'sub', [x, number('sub/y', 0)], [1, 120, 160, 1]);
  let size = [120, 160];
  camera?.convolutions.forEach((layer, at) => {
    const [kh = 0, kw = 0, from = 0, filters = 0] = layer.shape;
    size = size.map((length) => Math.floor((length - kh) / layer.stride) + 1);
    const parts = [
      half(`conv_${at}/kernel`, [filters, kh, kw, from], turned(layer)),
      half(`conv_${at}/bias`, [filters], layer.bias),
    ];
    const options: Option[] = [
      [0, 'int8', 1],
      [1, 'int32', layer.stride],
      [2, 'int32', layer.stride],
      [3, 'int8', 1],
      [4, 'int32', 1],
      [5, 'int32', 1],
    ];
    x = lite.operator(3, `conv_${at}/Relu`, [x, ...parts], [1, ...size, filters], options);
  });
  const dense = (name: string, from: number, weights: Weights, activation: number) => {
    const [width = 0, units = 0] = weights.shape;
    const parts = [
      half(`${name}/kernel`, [units, width], turned(weights)),
      half(`${name}/bias`, [units], weights.bias),
    ];
    return lite.operator(9, name, [from, ...parts], [1, units], [[0, 'int8', activation]]);
  };
  const flat = middleware[0]?.shape[0] as number;
  if (flatten) x = lite.operator(22, 'flatten', [x, lite.tensor('shape', [2], Int32Array.of(1, flat))], [1, flat]);
  middleware.forEach((weights, at) => {
    x = dense(`middleware_${at}`, x, weights, 1);
  });
  const features = middleware.at(-1)?.shape[1] as number;
  const stacked = [1, 1, features];
  const pack = (name: string) =>
    lite.operator(83, name, [x], stacked, [
      [0, 'int32', 1],
      [1, 'int32', 0],
    ]);
  const sum = lite.operator(
    0,
    'add',
    [
      lite.operator(18, 'mul', [number('rest', 0.25), pack('StopGradient/input')], stacked),
      lite.operator(18, 'mul_1', [number('rescaler', 0.75), pack('mul_1/y')], stacked),
    ],
    stacked,
  );
  const list = (name: string, value: number) => lite.tensor(name, [1], Int32Array.of(value));
  x = lite.operator(
    45,
    'strided_slice',
    [sum, list('stack', 0), list('stack_1', 1), list('stack_2', 1)],
    [1, features],
    [[4, 'int32', 1]],
  );
  x = lite.operator(25, 'policy', [dense('policy_fc', x, head.output, 0)], [1, 3], [[0, 'float32', 1]]);
  return lite.finish([input], [x]);
}

describe('a DeepRacer network as the community car has it, in .tflite beside its metadata', () => {
  it.each([true, false])('decides as the graph that it was made from (flatten written: %s)', async (flatten) => {
    const path = join(folder, 'model.tflite');
    await writeFile(path, converted(policy(), flatten));
    const { policy: loaded } = await loadModel(path);
    const { nodes } = policyGraph(policy());
    const next = random(6);
    for (let at = 0; at < 5; at += 1) {
      const camera = randomFrame(19_200, next);
      const feeds = { [image]: { shape: [1, 120, 160, 1], data: Float64Array.from(camera) } };
      const truth = Array.from(evaluate(nodes, nodes.at(-1)?.name as string, feeds).data);
      const { output, action } = await loaded.decide({ camera });
      expect(Math.max(...truth)).toBeLessThan(0.99);
      output.forEach((value, index) => {
        expect(value).toBeCloseTo(truth[index] as number, 5);
      });
      expect(action.index).toBe(truth.indexOf(Math.max(...truth)));
    }
    await loaded.close();
  });
});

describe('a network that needs more than a policy sees is refused with a sentence', () => {
  const refusal = async (build: (lite: TfliteWriter) => Uint8Array) => {
    const own = await mkdtemp(join(folder, 'other-'));
    await writeFile(join(own, 'pilot.tflite'), build(new TfliteWriter()));
    return loadModel(join(own, 'pilot.tflite')).then(
      () => 'loaded',
      (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
    );
  };
  const means = (lite: TfliteWriter, x: number, axes: readonly number[], shape: readonly number[]) =>
    lite.operator(40, 'mean', [x, lite.tensor('axes', [axes.length], Int32Array.from(axes))], shape);

  it('a motion sensor', async () => {
    const said = await refusal((lite) => {
      const [camera, imu] = [lite.tensor('img_in', [1, 120, 160, 3]), lite.tensor('imu_in', [1, 6])];
      const both = lite.operator(2, 'both', [means(lite, camera, [1, 2], [1, 3]), imu], [1, 9], [[0, 'int32', -1]]);
      const heads = ['out_0', 'out_1'].map((name) => means(lite, lite.operator(28, name, [both], [1, 9]), [1], [1]));
      return lite.finish([camera, imu], heads, ['out_0', 'out_1']);
    });
    expect(said).toMatch(/^graph-invalid: .*imu_in \[1,6\].*no lidar/);
  });

  it('several frames at once', async () => {
    const said = await refusal((lite) => {
      const frames = lite.tensor('img_in', [1, 3, 120, 160, 3]);
      return lite.finish([frames], [means(lite, frames, [1, 2, 3], [1, 3])]);
    });
    expect(said).toMatch(/^graph-invalid: .*img_in \[1,3,120,160,3\].*several frames/);
  });

  it('weights in eight bits', async () => {
    const said = await refusal((lite) => {
      const camera = lite.tensor('img_in', [1, 120, 160, 3]);
      const small = lite.tensor('kernel', [2, 3], Int8Array.of(1, 2, 3, 4, 5, 6));
      return lite.finish([camera], [lite.operator(9, 'fc', [means(lite, camera, [1, 2], [1, 3]), small, -1], [1, 2])]);
    });
    expect(said).toMatch(/^graph-unsupported: .*"kernel".*float32/);
  });
});
