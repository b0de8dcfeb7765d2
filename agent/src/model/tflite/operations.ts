import { binary, cast, clip, softmax, unary } from '../arithmetic.js';
import { type Constant, elements, ints, transposed } from '../constant.js';
import { addBias, convolution, matMul, pool } from '../layers.js';
import type { Lowering } from '../lowering.js';
import { reduce } from '../reduction.js';
import { concat, pad, reshape, sliceOf, split, stack, tile, transpose } from '../shaping.js';
import { stridedSlice } from '../strided-slice.js';
import type { Value } from '../value.js';
import type { Table } from './flatbuffer.js';
import { tensorTypes } from './model.js';

export interface Use {
  readonly lowering: Lowering;
  readonly inputs: readonly (Value | undefined)[];
  readonly options: Table | undefined;
  /** Shapes of the outputs as the file has them; only used where the format has no other word for a result. */
  readonly results: readonly (readonly number[])[];
}
type Operation = (use: Use) => Value | readonly Value[];

const input = ({ lowering, inputs }: Use, at: number): Value => {
  const value = inputs[at];
  if (value === undefined) throw lowering.invalid(`input ${at} is missing.`);
  return value;
};
const list = (use: Use, at: number): number[] => use.lowering.list(input(use, at), `input ${at}`);
const int = ({ options }: Use, field: number, absent = 0) => options?.int(field, absent) ?? absent;
const byte = ({ options }: Use, field: number) => options?.byte(field) ?? 0;

/** ActivationFunctionType, which many operations carry inside. */
function activated(use: Use, value: Value, field: number): Value {
  const { lowering } = use;
  const kind = byte(use, field);
  if (kind === 0) return value;
  if (kind === 1) return unary(lowering, 'Relu', value);
  if (kind === 2) return clip(lowering, value, -1, 1);
  if (kind === 3) return clip(lowering, value, 0, 6);
  if (kind === 4) return unary(lowering, 'Tanh', value);
  throw lowering.unsupported(`activation number ${kind}.`);
}

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

const binaryNode =
  (op: string, activation?: number): Operation =>
  (use) => {
    const value = op === 'Add' ? sum(use) : binary(use.lowering, op, input(use, 0), input(use, 1));
    return activation === undefined ? value : activated(use, value, activation);
  };
const sum = (use: Use): Value => {
  const [a, b] = [input(use, 0), input(use, 1)];
  if (b.kind === 'constant' && b.data.length > 1 && b.shape.length === 1) return addBias(use.lowering, a, b);
  return binary(use.lowering, 'Add', a, b);
};
const unaryNode =
  (op: string): Operation =>
  (use) =>
    unary(use.lowering, op, input(use, 0));
const reduceNode =
  (op: string): Operation =>
  (use) =>
    reduce(use.lowering, op, input(use, 0), list(use, 1), byte(use, 0) !== 0);

/** The shape comes as an input, as an option, or only as the shape of the result. */
const reshapeNode: Operation = (use) => {
  const given = use.inputs[1];
  const wanted = given === undefined ? use.options?.ints(0) : list(use, 1);
  return reshape(
    use.lowering,
    input(use, 0),
    wanted !== undefined && wanted.length > 0 ? wanted : (use.results[0] ?? []),
  );
};

const padNode: Operation = (use) => {
  const amounts = list(use, 1);
  const value = use.inputs[2] === undefined ? 0 : (list(use, 2)[0] ?? 0);
  return pad(
    use.lowering,
    input(use, 0),
    amounts.filter((_, at) => at % 2 === 0),
    amounts.filter((_, at) => at % 2 === 1),
    value,
  );
};

const squeeze: Operation = (use) => {
  const x = input(use, 0);
  const given = (use.options?.ints(0) ?? []).map((axis) => use.lowering.axis(axis, x.shape.length));
  const gone = given.length > 0 ? given : x.shape.map((_, axis) => axis).filter((axis) => x.shape[axis] === 1);
  if (gone.some((axis) => x.shape[axis] !== 1)) throw use.lowering.invalid(`[${x.shape}] cannot lose axes ${gone}.`);
  return reshape(
    use.lowering,
    x,
    x.shape.filter((_, axis) => !gone.includes(axis)),
  );
};

const splitNode: Operation = (use) => {
  const x = input(use, 1);
  const axis = use.lowering.axis(list(use, 0)[0] ?? 0, x.shape.length);
  const count = int(use, 0);
  const size = (x.shape[axis] as number) / count;
  if (!Number.isInteger(size) || count > 4096) throw use.lowering.invalid(`[${x.shape}] into ${count} parts.`);
  return split(use.lowering, x, new Array<number>(count).fill(size), axis);
};

const unpack: Operation = (use) => {
  const x = input(use, 0);
  const axis = use.lowering.axis(int(use, 1), x.shape.length);
  const rest = x.shape.filter((_, at) => at !== axis);
  const count = x.shape[axis] as number;
  if (count > 4096) throw use.lowering.unsupported(`into ${count} parts.`);
  return split(use.lowering, x, new Array<number>(count).fill(1), axis).map((part) =>
    reshape(use.lowering, part, rest),
  );
};

const sliceNode: Operation = (use) => sliceOf(use.lowering, input(use, 0), list(use, 1), list(use, 2));

const expandDims: Operation = (use) => {
  const x = input(use, 0);
  const axis = use.lowering.axis(list(use, 1)[0] ?? 0, x.shape.length + 1);
  return reshape(use.lowering, x, x.shape.toSpliced(axis, 0, 1));
};

const fill: Operation = (use) => {
  const value = use.lowering.known(input(use, 1), 'the value');
  return use.lowering.filled(value.type, list(use, 0), value.data[0] ?? 0);
};

const softmaxNode: Operation = (use) => {
  const beta = use.options?.float(0, 1) ?? 1;
  if (beta !== 1) throw use.lowering.unsupported(`beta ${beta}.`);
  return softmax(use.lowering, input(use, 0), -1);
};

const batchMatMul: Operation = (use) =>
  matMul(use.lowering, input(use, 0), input(use, 1), byte(use, 0) !== 0, byte(use, 1) !== 0);

/** Operations that are understood: BuiltinOperator number → its name and what it does. */
export const operations: ReadonlyMap<number, readonly [name: string, operation: Operation]> = new Map<
  number,
  readonly [string, Operation]
>([
  [0, ['ADD', binaryNode('Add', 0)]],
  [1, ['AVERAGE_POOL_2D', pooling('AveragePool')]],
  [
    2,
    [
      'CONCATENATION',
      (use) =>
        activated(
          use,
          concat(
            use.lowering,
            use.inputs.map((_, at) => input(use, at)),
            int(use, 0),
          ),
          1,
        ),
    ],
  ],
  [3, ['CONV_2D', conv2d]],
  [4, ['DEPTHWISE_CONV_2D', depthwise]],
  // Constants were widened when they were read.
  [6, ['DEQUANTIZE', (use) => float(use, 0, 'its input')]],
  [9, ['FULLY_CONNECTED', fullyConnected]],
  [14, ['LOGISTIC', unaryNode('Sigmoid')]],
  [17, ['MAX_POOL_2D', pooling('MaxPool')]],
  [18, ['MUL', binaryNode('Mul', 0)]],
  [19, ['RELU', unaryNode('Relu')]],
  [20, ['RELU_N1_TO_1', (use) => clip(use.lowering, input(use, 0), -1, 1)]],
  [21, ['RELU6', (use) => clip(use.lowering, input(use, 0), 0, 6)]],
  [22, ['RESHAPE', reshapeNode]],
  [25, ['SOFTMAX', softmaxNode]],
  [28, ['TANH', unaryNode('Tanh')]],
  [34, ['PAD', padNode]],
  [39, ['TRANSPOSE', (use) => transpose(use.lowering, input(use, 0), list(use, 1))]],
  [40, ['MEAN', reduceNode('ReduceMean')]],
  [41, ['SUB', binaryNode('Sub', 0)]],
  [42, ['DIV', binaryNode('Div', 0)]],
  [43, ['SQUEEZE', squeeze]],
  [
    45,
    [
      'STRIDED_SLICE',
      (use) =>
        stridedSlice(use.lowering, input(use, 0), {
          begin: list(use, 1),
          end: list(use, 2),
          step: list(use, 3),
          beginMask: int(use, 0),
          endMask: int(use, 1),
          ellipsisMask: int(use, 2),
          newAxisMask: int(use, 3),
          shrinkMask: int(use, 4),
        }),
    ],
  ],
  [47, ['EXP', unaryNode('Exp')]],
  [49, ['SPLIT', splitNode]],
  [53, ['CAST', (use) => cast(use.lowering, input(use, 0), byte(use, 1) === tensorTypes.float32 ? 'float' : 'int')]],
  [55, ['MAXIMUM', binaryNode('Max')]],
  [57, ['MINIMUM', binaryNode('Min')]],
  [59, ['NEG', unaryNode('Neg')]],
  [60, ['PADV2', padNode]],
  [65, ['SLICE', sliceNode]],
  [69, ['TILE', (use) => tile(use.lowering, input(use, 0), list(use, 1))]],
  [70, ['EXPAND_DIMS', expandDims]],
  [73, ['LOG', unaryNode('Log')]],
  [74, ['SUM', reduceNode('ReduceSum')]],
  [75, ['SQRT', unaryNode('Sqrt')]],
  [76, ['RSQRT', (use) => unary(use.lowering, 'Reciprocal', unary(use.lowering, 'Sqrt', input(use, 0)))]],
  [77, ['SHAPE', (use) => ints(input(use, 0).shape)]],
  [78, ['POW', binaryNode('Pow')]],
  [82, ['REDUCE_MAX', reduceNode('ReduceMax')]],
  [
    83,
    [
      'PACK',
      (use) =>
        stack(
          use.lowering,
          use.inputs.map((_, at) => input(use, at)),
          int(use, 1),
        ),
    ],
  ],
  [88, ['UNPACK', unpack]],
  [92, ['SQUARE', (use) => binary(use.lowering, 'Mul', input(use, 0), input(use, 0))]],
  [94, ['FILL', fill]],
  [98, ['LEAKY_RELU', (use) => unary(use.lowering, 'LeakyRelu', input(use, 0), { alpha: use.options?.float(0) ?? 0 })]],
  [101, ['ABS', unaryNode('Abs')]],
  [111, ['ELU', (use) => unary(use.lowering, 'Elu', input(use, 0), { alpha: 1 })]],
  [126, ['BATCH_MATMUL', batchMatMul]],
]);
