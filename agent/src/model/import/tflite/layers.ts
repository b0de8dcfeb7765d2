import type { Value } from '../../graph/index.js';
import { addBias, type Constant, convolution, elements, matMul, pool, reshape, transposed } from '../../graph/index.js';
import { activated, byte, input, int, type Known, type Operation, type Use } from './use.js';

const padding = (use: Use) => {
  const kind = byte(use, 0);
  if (kind !== 0 && kind !== 1) throw use.lowering.unsupported(`padding number ${kind}.`);
  return kind === 0 ? ('SAME' as const) : ('VALID' as const);
};

const float = (use: Use, at: number, what: string): Constant => {
  const known = use.lowering.known(input(use, at), what);
  if (known.type !== 'float')
    throw use.lowering.unsupported(`${what} is not float32; only networks in float32 (or float16 weights) run.`);
  return known;
};

function biased(use: Use, value: Value): Value {
  const bias = use.inputs[2];
  return bias === undefined ? value : addBias(use.lowering, value, float(use, 2, 'the bias'));
}

/** Kernel: output, height, width, input. */
const conv2d: Operation = (use) => {
  const kernel = float(use, 1, 'the kernel');
  if (kernel.shape.length !== 4) throw use.lowering.invalid(`a kernel [${kernel.shape}].`);
  const value = convolution(use.lowering, input(use, 0), transposed(kernel, [0, 3, 1, 2]), {
    pads: padding(use),
    strides: [int(use, 2), int(use, 1)],
    dilations: [int(use, 5, 1), int(use, 4, 1)],
    groups: 1,
    channelsLast: true,
  });
  return activated(use, biased(use, value), 3);
};

/** Kernel: 1, height, width, output. */
const depthwise: Operation = (use) => {
  const kernel = float(use, 1, 'the kernel');
  const channels = input(use, 0).shape[3] ?? 0;
  if (kernel.shape.length !== 4 || kernel.shape[0] !== 1) throw use.lowering.invalid(`a kernel [${kernel.shape}].`);
  const value = convolution(use.lowering, input(use, 0), transposed(kernel, [3, 0, 1, 2]), {
    pads: padding(use),
    strides: [int(use, 2), int(use, 1)],
    dilations: [int(use, 6, 1), int(use, 5, 1)],
    groups: channels,
    channelsLast: true,
  });
  return activated(use, biased(use, value), 4);
};

/** Weights: output, input. What comes in is taken as rows of as many numbers as there are inputs. */
const fullyConnected: Operation = (use) => {
  const { lowering } = use;
  if (byte(use, 1) !== 0) throw lowering.unsupported('weights in a shuffled format.');
  const weights = float(use, 1, 'the weights');
  const [outputs = 0, width = 0] = weights.shape;
  if (weights.shape.length !== 2 || width === 0) throw lowering.invalid(`weights [${weights.shape}].`);
  const x = input(use, 0);
  const rows = elements(x.shape) / width;
  const flat = reshape(lowering, x, [rows, width]);
  const value = activated(use, biased(use, matMul(lowering, flat, weights, false, true)), 0);
  const keepShape = byte(use, 2) !== 0;
  return keepShape ? reshape(lowering, value, [...x.shape.slice(0, -1), outputs]) : value;
};

const pooling =
  (op: 'MaxPool' | 'AveragePool'): Operation =>
  (use) => {
    const value = pool(use.lowering, op, input(use, 0), {
      pads: padding(use),
      strides: [int(use, 2), int(use, 1)],
      dilations: [1, 1],
      kernel: [int(use, 4), int(use, 3)],
      channelsLast: true,
    });
    return activated(use, value, 5);
  };

const batchMatMul: Operation = (use) =>
  matMul(use.lowering, input(use, 0), input(use, 1), byte(use, 0) !== 0, byte(use, 1) !== 0);

/** Layers with weights, and pooling. */
export const layers: readonly Known[] = [
  [1, ['AVERAGE_POOL_2D', pooling('AveragePool')]],
  [3, ['CONV_2D', conv2d]],
  [4, ['DEPTHWISE_CONV_2D', depthwise]],
  // Constants were widened when they were read.
  [6, ['DEQUANTIZE', (use) => float(use, 0, 'its input')]],
  [9, ['FULLY_CONNECTED', fullyConnected]],
  [17, ['MAX_POOL_2D', pooling('MaxPool')]],
  [126, ['BATCH_MATMUL', batchMatMul]],
];
