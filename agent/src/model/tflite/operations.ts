import { type Constant, constant, elements, ints, transposed } from '../constant.js';
import { addBias, convolution, matMul, pool } from '../layers.js';
import type { Lowering, Value } from '../lowering.js';
import { stridedSlice } from '../strided-slice.js';
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
  if (kind === 1) return lowering.unary('Relu', value);
  if (kind === 2) return lowering.clip(value, -1, 1);
  if (kind === 3) return lowering.clip(value, 0, 6);
  if (kind === 4) return lowering.unary('Tanh', value);
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
  const flat = lowering.reshape(x, [rows, width]);
  const value = activated(use, biased(use, matMul(lowering, flat, weights, false, true)), 0);
  const keepShape = byte(use, 2) !== 0;
  return keepShape ? lowering.reshape(value, [...x.shape.slice(0, -1), outputs]) : value;
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

const binary =
  (op: string, activation?: number): Operation =>
  (use) => {
    const value = op === 'Add' ? sum(use) : use.lowering.binary(op, input(use, 0), input(use, 1));
    return activation === undefined ? value : activated(use, value, activation);
  };
const sum = (use: Use): Value => {
  const [a, b] = [input(use, 0), input(use, 1)];
  if (b.kind === 'constant' && b.data.length > 1 && b.shape.length === 1) return addBias(use.lowering, a, b);
  return use.lowering.binary('Add', a, b);
};
const unary =
  (op: string): Operation =>
  (use) =>
    use.lowering.unary(op, input(use, 0));
const reduce =
  (op: string): Operation =>
  (use) =>
    use.lowering.reduce(op, input(use, 0), list(use, 1), byte(use, 0) !== 0);

/** The shape comes as an input, as an option, or only as the shape of the result. */
const reshape: Operation = (use) => {
  const given = use.inputs[1];
  const wanted = given === undefined ? use.options?.ints(0) : list(use, 1);
  return use.lowering.reshape(
    input(use, 0),
    wanted !== undefined && wanted.length > 0 ? wanted : (use.results[0] ?? []),
  );
};

const pad: Operation = (use) => {
  const amounts = list(use, 1);
  const value = use.inputs[2] === undefined ? 0 : (list(use, 2)[0] ?? 0);
  return use.lowering.pad(
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
  return use.lowering.reshape(
    x,
    x.shape.filter((_, axis) => !gone.includes(axis)),
  );
};

const split: Operation = (use) => {
  const x = input(use, 1);
  const axis = use.lowering.axis(list(use, 0)[0] ?? 0, x.shape.length);
  const count = int(use, 0);
  const size = (x.shape[axis] as number) / count;
  if (!Number.isInteger(size) || count > 4096) throw use.lowering.invalid(`[${x.shape}] into ${count} parts.`);
  return use.lowering.split(x, new Array<number>(count).fill(size), axis);
};

const unpack: Operation = (use) => {
  const x = input(use, 0);
  const axis = use.lowering.axis(int(use, 1), x.shape.length);
  const rest = x.shape.filter((_, at) => at !== axis);
  const count = x.shape[axis] as number;
  if (count > 4096) throw use.lowering.unsupported(`into ${count} parts.`);
  return use.lowering.split(x, new Array<number>(count).fill(1), axis).map((part) => use.lowering.reshape(part, rest));
};

const slice: Operation = (use) => {
  const x = input(use, 0);
  const starts = list(use, 1);
  const counts = list(use, 2).map((size, axis) => (size === -1 ? (x.shape[axis] ?? 0) - (starts[axis] ?? 0) : size));
  if (starts.length !== x.shape.length || counts.length !== starts.length || counts.some((count) => count < 0)) {
    throw use.lowering.invalid(`[${starts}] of [${x.shape}].`);
  }
  return use.lowering.slice(
    x,
    starts,
    counts,
    x.shape.map(() => 1),
  );
};

const expandDims: Operation = (use) => {
  const x = input(use, 0);
  const axis = use.lowering.axis(list(use, 1)[0] ?? 0, x.shape.length + 1);
  return use.lowering.reshape(x, x.shape.toSpliced(axis, 0, 1));
};

const fill: Operation = (use) => {
  const value = use.lowering.known(input(use, 1), 'the value');
  const shape = list(use, 0);
  use.lowering.charge(elements(shape));
  return constant(value.type, shape, new Array<number>(elements(shape)).fill(value.data[0] ?? 0));
};

const softmax: Operation = (use) => {
  const beta = use.options?.float(0, 1) ?? 1;
  if (beta !== 1) throw use.lowering.unsupported(`beta ${beta}.`);
  return use.lowering.softmax(input(use, 0), -1);
};

const batchMatMul: Operation = (use) =>
  matMul(use.lowering, input(use, 0), input(use, 1), byte(use, 0) !== 0, byte(use, 1) !== 0);

/** Operations that are understood: BuiltinOperator number → its name and what it does. */
export const operations: ReadonlyMap<number, readonly [name: string, operation: Operation]> = new Map<
  number,
  readonly [string, Operation]
>([
  [0, ['ADD', binary('Add', 0)]],
  [1, ['AVERAGE_POOL_2D', pooling('AveragePool')]],
  [
    2,
    [
      'CONCATENATION',
      (use) =>
        activated(
          use,
          use.lowering.concat(
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
  [14, ['LOGISTIC', unary('Sigmoid')]],
  [17, ['MAX_POOL_2D', pooling('MaxPool')]],
  [18, ['MUL', binary('Mul', 0)]],
  [19, ['RELU', unary('Relu')]],
  [20, ['RELU_N1_TO_1', (use) => use.lowering.clip(input(use, 0), -1, 1)]],
  [21, ['RELU6', (use) => use.lowering.clip(input(use, 0), 0, 6)]],
  [22, ['RESHAPE', reshape]],
  [25, ['SOFTMAX', softmax]],
  [28, ['TANH', unary('Tanh')]],
  [34, ['PAD', pad]],
  [39, ['TRANSPOSE', (use) => use.lowering.transpose(input(use, 0), list(use, 1))]],
  [40, ['MEAN', reduce('ReduceMean')]],
  [41, ['SUB', binary('Sub', 0)]],
  [42, ['DIV', binary('Div', 0)]],
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
  [47, ['EXP', unary('Exp')]],
  [49, ['SPLIT', split]],
  [53, ['CAST', (use) => use.lowering.cast(input(use, 0), byte(use, 1) === tensorTypes.float32 ? 'float' : 'int')]],
  [55, ['MAXIMUM', binary('Max')]],
  [57, ['MINIMUM', binary('Min')]],
  [59, ['NEG', unary('Neg')]],
  [60, ['PADV2', pad]],
  [65, ['SLICE', slice]],
  [69, ['TILE', (use) => use.lowering.tile(input(use, 0), list(use, 1))]],
  [70, ['EXPAND_DIMS', expandDims]],
  [73, ['LOG', unary('Log')]],
  [74, ['SUM', reduce('ReduceSum')]],
  [75, ['SQRT', unary('Sqrt')]],
  [76, ['RSQRT', (use) => use.lowering.unary('Reciprocal', use.lowering.unary('Sqrt', input(use, 0)))]],
  [77, ['SHAPE', (use) => ints(input(use, 0).shape)]],
  [78, ['POW', binary('Pow')]],
  [82, ['REDUCE_MAX', reduce('ReduceMax')]],
  [
    83,
    [
      'PACK',
      (use) =>
        use.lowering.stack(
          use.inputs.map((_, at) => input(use, at)),
          int(use, 1),
        ),
    ],
  ],
  [88, ['UNPACK', unpack]],
  [92, ['SQUARE', (use) => use.lowering.binary('Mul', input(use, 0), input(use, 0))]],
  [94, ['FILL', fill]],
  [98, ['LEAKY_RELU', (use) => use.lowering.unary('LeakyRelu', input(use, 0), { alpha: use.options?.float(0) ?? 0 })]],
  [101, ['ABS', unary('Abs')]],
  [111, ['ELU', (use) => use.lowering.unary('Elu', input(use, 0), { alpha: 1 })]],
  [126, ['BATCH_MATMUL', batchMatMul]],
]);
