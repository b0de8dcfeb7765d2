import { GraphWriter } from '@pitwall/agent/model';
import { random } from './random-policy.js';
import { TfliteWriter } from './tflite-writer.js';

/** Donkeycar's usual networks: five convolutions, two dense layers, and two heads. */
const convolutions = [
  [24, 5, 2],
  [32, 5, 2],
  [64, 5, 2],
  [64, 3, 1],
  [64, 3, 1],
] as const;

export interface DonkeycarNetwork {
  readonly tflite: Uint8Array;
  /** The same network as nodes for the evaluator; the last two are the heads, angle first. */
  readonly nodes: GraphWriter['nodes'];
  readonly heads: readonly [string, string];
}

/** IEEE 754 binary16, rounded toward zero; normal numbers only. */
export const toHalf = (value: number): number => {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0] as number;
  const exponent = ((bits >> 23) & 0xff) - 112;
  return exponent <= 0 ? 0 : ((bits >> 16) & 0x8000) | (exponent << 10) | ((bits >> 13) & 0x3ff);
};
export const fromHalf = (bits: number): number =>
  bits === 0 ? 0 : ((bits & 0x8000) !== 0 ? -1 : 1) * (1 + (bits & 0x3ff) / 1024) * 2 ** (((bits >> 10) & 0x1f) - 15);

export function donkeycar(kind: 'linear' | 'categorical', seed: number, float16 = false): DonkeycarNetwork {
  const next = random(seed);
  const lite = new TfliteWriter();
  const graph = new GraphWriter();
  const uniform = (count: number, limit: number) => {
    const values = Float32Array.from({ length: count }, () => (2 * next() - 1) * limit);
    return float16 ? values.map((value) => fromHalf(toHalf(value))) : values;
  };
  /** float16 weights come as a constant behind a Dequantize, as the converter writes them. */
  const weight = (name: string, shape: readonly number[], values: Float32Array): number => {
    if (!float16) return lite.tensor(name, shape, values);
    const stored = lite.tensor(`${name}/half`, shape, Uint16Array.from(values, toHalf));
    return lite.operator(6, name, [stored], shape);
  };
  const image = lite.tensor('serving_default_img_in:0', [1, 120, 160, 3]);
  let [x, node] = [image, graph.placeholder('img_in', [120, 160, 3])];
  let [height, width, depth] = [120, 160, 3];
  convolutions.forEach(([filters, kernel, stride], at) => {
    const values = uniform(kernel * kernel * depth * filters, Math.sqrt(6 / (kernel * kernel * depth)));
    const bias = uniform(filters, 0.1);
    // The other format has the filters first.
    const turned = new Float32Array(values.length);
    const inner = kernel * kernel * depth;
    for (let row = 0; row < inner; row += 1) {
      for (let filter = 0; filter < filters; filter += 1)
        turned[filter * inner + row] = values[row * filters + filter] as number;
    }
    const inputs = [
      x,
      weight(`conv_${at}/kernel`, [filters, kernel, kernel, depth], turned),
      weight(`conv_${at}/bias`, [filters], bias),
    ];
    [height, width] = [Math.floor((height - kernel) / stride) + 1, Math.floor((width - kernel) / stride) + 1];
    x = lite.operator(
      3,
      `conv_${at}`,
      inputs,
      [1, height, width, filters],
      [
        [0, 'int8', 1],
        [1, 'int32', stride],
        [2, 'int32', stride],
        [3, 'int8', 1],
        [4, 'int32', 1],
        [5, 'int32', 1],
      ],
    );
    const convolved = graph.node(
      `conv_${at}/Conv2D`,
      'Conv2D',
      [node, graph.floats(`conv_${at}/k`, values, [kernel, kernel, depth, filters])],
      {
        strides: { list: { i: [1, stride, stride, 1] } },
        padding: { s: Buffer.from('VALID') },
      },
    );
    const biased = graph.node(`conv_${at}/BiasAdd`, 'BiasAdd', [
      convolved,
      graph.floats(`conv_${at}/b`, bias, [filters]),
    ]);
    node = graph.node(`conv_${at}/Relu`, 'Relu', [biased]);
    depth = filters;
  });
  const flat = height * width * depth;
  x = lite.operator(22, 'flatten', [x, lite.tensor('flatten/shape', [2], Int32Array.of(-1, flat))], [1, flat]);
  node = graph.node('flatten', 'Reshape', [node, graph.ints('flatten/shape', [-1, flat])]);
  const dense = (
    name: string,
    from: readonly [number, string],
    inputs: number,
    outputs: number,
    activation?: 'Relu' | 'Softmax',
  ): [number, string] => {
    const values = uniform(inputs * outputs, Math.sqrt(3 / inputs));
    const bias = uniform(outputs, 0.1);
    const turned = new Float32Array(values.length);
    for (let row = 0; row < inputs; row += 1)
      for (let column = 0; column < outputs; column += 1)
        turned[column * inputs + row] = values[row * outputs + column] as number;
    let made = lite.operator(
      9,
      `${name}/fc`,
      [from[0], weight(`${name}/kernel`, [outputs, inputs], turned), weight(`${name}/bias`, [outputs], bias)],
      [1, outputs],
      [[0, 'int8', activation === 'Relu' ? 1 : 0]],
    );
    if (activation === 'Softmax')
      made = lite.operator(25, `${name}/Softmax`, [made], [1, outputs], [[0, 'float32', 1]]);
    const product = graph.node(`${name}/MatMul`, 'MatMul', [
      from[1],
      graph.floats(`${name}/k`, values, [inputs, outputs]),
    ]);
    const sum = graph.node(`${name}/BiasAdd`, 'BiasAdd', [product, graph.floats(`${name}/b`, bias, [outputs])]);
    return [made, activation === undefined ? sum : graph.node(`${name}/${activation}`, activation, [sum])];
  };
  const hidden = dense('dense_1', dense('dense', [x, node], flat, 100, 'Relu'), 100, 50, 'Relu');
  const [first, second] =
    kind === 'linear'
      ? [dense('n_outputs0', hidden, 50, 1), dense('n_outputs1', hidden, 50, 1)]
      : [dense('angle_out', hidden, 50, 15, 'Softmax'), dense('throttle_out', hidden, 50, 20, 'Softmax')];
  const names = kind === 'linear' ? ['n_outputs0', 'n_outputs1'] : ['angle_out', 'throttle_out'];
  // The converter does not keep the order of the heads; their names do.
  return {
    tflite: lite.finish([image], [second[0], first[0]], names.toReversed()),
    nodes: graph.nodes,
    heads: [first[1], second[1]],
  };
}
