import type { Value } from '../../graph/index.js';
import { addBias, batchNormalization, binary, constant, convolution, matMul, pool, reduce } from '../../graph/index.js';
import { toNumber } from './read.js';
import { float, input, int, intList, known, type Operation, text, type Use } from './use.js';

function window(use: Use) {
  if (use.node.attribute.some((one) => one.name === 'storage_order' && toNumber(one.i) !== 0))
    throw use.lowering.unsupported('storage order.');
  const auto = text(use, 'auto_pad', 'NOTSET');
  if (!['NOTSET', 'VALID', 'SAME_UPPER'].includes(auto)) throw use.lowering.unsupported(`auto_pad ${auto}.`);
  if (int(use, 'ceil_mode', 0) !== 0) throw use.lowering.unsupported('ceil_mode.');
  return {
    strides: intList(use, 'strides') ?? [1, 1],
    dilations: intList(use, 'dilations') ?? [1, 1],
    pads:
      auto === 'SAME_UPPER'
        ? ('SAME' as const)
        : auto === 'VALID'
          ? ('VALID' as const)
          : (intList(use, 'pads') ?? [0, 0, 0, 0]),
    channelsLast: false,
  };
}

const conv: Operation = (use) => {
  const bias = use.inputs[2] === undefined ? {} : { bias: known(use, 2, 'the bias') };
  return convolution(use.lowering, input(use, 0), known(use, 1, 'the kernel'), {
    ...window(use),
    groups: int(use, 'group', 1),
    ...bias,
  });
};
const pooling =
  (op: 'MaxPool' | 'AveragePool'): Operation =>
  (use) => {
    const options = window(use);
    if (options.dilations.some((step) => step !== 1)) throw use.lowering.unsupported('dilations.');
    return pool(use.lowering, op, input(use, 0), {
      ...options,
      kernel: intList(use, 'kernel_shape') ?? [],
      countPadding: int(use, 'count_include_pad', 0) !== 0,
    });
  };
const globalPooling =
  (op: string): Operation =>
  (use) =>
    reduce(
      use.lowering,
      op,
      input(use, 0),
      input(use, 0)
        .shape.map((_, axis) => axis)
        .slice(2),
      true,
    );

const gemm: Operation = (use) => {
  const { lowering } = use;
  const scaled = (value: Value, by: number) =>
    by === 1 ? value : binary(lowering, 'Mul', value, constant('float', [], [by]));
  const product = scaled(
    matMul(lowering, input(use, 0), input(use, 1), int(use, 'transA', 0) !== 0, int(use, 'transB', 0) !== 0),
    float(use, 'alpha', 1),
  );
  return use.inputs[2] === undefined
    ? product
    : addBias(lowering, product, scaled(input(use, 2), float(use, 'beta', 1)));
};

const batchNorm: Operation = (use) => {
  if (int(use, 'training_mode', 0) !== 0) throw use.lowering.unsupported('it is in training form.');
  const part = (at: number) => known(use, at, `input ${at}`);
  return batchNormalization(use.lowering, input(use, 0), {
    scale: part(1),
    offset: part(2),
    mean: part(3),
    variance: part(4),
    epsilon: float(use, 'epsilon', 1e-5),
    channelsLast: false,
  });
};

/** Layers with weights, and pooling. */
export const layers: Readonly<Record<string, Operation>> = {
  Conv: conv,
  Gemm: gemm,
  MatMul: (use: Use) => matMul(use.lowering, input(use, 0), input(use, 1)),
  BatchNormalization: batchNorm,
  MaxPool: pooling('MaxPool'),
  AveragePool: pooling('AveragePool'),
  GlobalAveragePool: globalPooling('ReduceMean'),
  GlobalMaxPool: globalPooling('ReduceMax'),
};
