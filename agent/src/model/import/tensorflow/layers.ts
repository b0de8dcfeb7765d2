import { addBias, batchNormalization, constant, convolution, matMul, pool, transposed } from '../../graph/index.js';
import { flag, float, input, integers, type Operation, text, type Use } from './use.js';

/** Which of four numbers (one for each axis of an image) are height's and width's. */
function spatial(use: Use, name: string, channelsLast: boolean, absent = [1, 1, 1, 1]): number[] {
  const given = integers(use, name) ?? [];
  const four = given.length === 0 ? absent : given;
  const [h, w] = channelsLast ? [1, 2] : [2, 3];
  if (four.length !== 4) throw use.lowering.invalid(`${name} is [${four}].`);
  return [four[h as number] as number, four[w as number] as number];
}

function window(use: Use) {
  const format = text(use, 'data_format', 'NHWC');
  if (format !== 'NHWC' && format !== 'NCHW') throw use.lowering.unsupported(`data format ${format}.`);
  const channelsLast = format === 'NHWC';
  const padding = text(use, 'padding', 'VALID');
  if (padding !== 'SAME' && padding !== 'VALID' && padding !== 'EXPLICIT')
    throw use.lowering.unsupported(`padding ${padding}.`);
  const explicit = integers(use, 'explicit_paddings') ?? [];
  const [h, w] = channelsLast ? [2, 4] : [4, 6];
  const pads = [explicit[h], explicit[w], explicit[h + 1], explicit[w + 1]].map((pad) => pad ?? 0);
  return {
    channelsLast,
    strides: spatial(use, 'strides', channelsLast),
    dilations: spatial(use, 'dilations', channelsLast),
    pads: padding === 'EXPLICIT' ? pads : (padding as 'SAME' | 'VALID'),
  };
}

const pooling =
  (op: 'MaxPool' | 'AveragePool'): Operation =>
  (use) => {
    const { channelsLast, strides, dilations, pads } = window(use);
    const kernel = spatial(use, 'ksize', channelsLast);
    return pool(use.lowering, op, input(use, 0), { kernel, strides, dilations, pads, channelsLast });
  };

const matrices =
  (turnA: string, turnB: string): Operation =>
  (use) =>
    matMul(use.lowering, input(use, 0), input(use, 1), flag(use, turnA), flag(use, turnB));

/** From height, width, input, output to output, input, height, width. */
const conv2d: Operation = (use) => {
  const kernel = use.lowering.known(input(use, 1), 'the kernel');
  if (kernel.shape.length !== 4) throw use.lowering.invalid(`a kernel [${kernel.shape}].`);
  return convolution(use.lowering, input(use, 0), transposed(kernel, [3, 2, 0, 1]), { ...window(use), groups: 1 });
};

/** Its kernel is height, width, input, multiplier; output channel = input · multiplier + m. */
const depthwise: Operation = (use) => {
  const kernel = use.lowering.known(input(use, 1), 'the kernel');
  const [h = 0, w = 0, channels = 0, multiplier = 0] = kernel.shape;
  if (kernel.shape.length !== 4) throw use.lowering.invalid(`a kernel [${kernel.shape}].`);
  const turned = constant('float', [channels * multiplier, 1, h, w], transposed(kernel, [2, 3, 0, 1]).data);
  return convolution(use.lowering, input(use, 0), turned, { ...window(use), groups: channels });
};

const biasAdd: Operation = (use) =>
  addBias(use.lowering, input(use, 0), input(use, 1), text(use, 'data_format', 'NHWC') !== 'NCHW');

const batchNorm: Operation = (use) => {
  if (use.node.attributes.get('is_training')?.b !== false)
    throw use.lowering.unsupported('it is in training form; freeze the graph for inference.');
  const part = (at: number, what: string) => use.lowering.known(input(use, at), what);
  return batchNormalization(use.lowering, input(use, 0), {
    scale: part(1, 'scale'),
    offset: part(2, 'offset'),
    mean: part(3, 'mean'),
    variance: part(4, 'variance'),
    epsilon: float(use, 'epsilon', 1e-4),
    channelsLast: text(use, 'data_format', 'NHWC') !== 'NCHW',
  });
};

/** Layers with weights, and pooling. */
export const layers: Readonly<Record<string, Operation>> = {
  Conv2D: conv2d,
  DepthwiseConv2dNative: depthwise,
  BiasAdd: biasAdd,
  MatMul: matrices('transpose_a', 'transpose_b'),
  BatchMatMul: matrices('adj_x', 'adj_y'),
  BatchMatMulV2: matrices('adj_x', 'adj_y'),
  MaxPool: pooling('MaxPool'),
  AvgPool: pooling('AveragePool'),
  FusedBatchNorm: batchNorm,
  FusedBatchNormV2: batchNorm,
  FusedBatchNormV3: batchNorm,
};
