import { binary, cast, clip, commonUnaries, floorDivision, softmax, unary } from '../arithmetic.js';
import { constant, elements, ints, type Shape, scalar, transposed } from '../constant.js';
import { addBias, batchNormalization, convolution, matMul, pool } from '../layers.js';
import type { Lowering } from '../lowering.js';
import { reduce } from '../reduction.js';
import { concat, pad, reshape, sliceOf, split, stack, tile, transpose } from '../shaping.js';
import { stridedSlice } from '../strided-slice.js';
import type { Value } from '../value.js';
import { type Node, toNumber } from './graph.js';

/** A branch that is not taken when a policy runs. */
export type Result = Value | 'dead';
export interface Use {
  readonly lowering: Lowering;
  readonly node: Node;
  readonly inputs: readonly Value[];
}
type Operation = (use: Use) => Value | readonly Result[];

const input = ({ lowering, inputs }: Use, at: number): Value => {
  const value = inputs[at];
  if (value === undefined) throw lowering.invalid(`it has ${inputs.length} inputs.`);
  return value;
};
const flag = ({ node }: Use, name: string) => node.attributes.get(name)?.b === true;
const integer = ({ node }: Use, name: string, absent: number) => {
  const attribute = node.attributes.get(name);
  return attribute?.i === undefined ? absent : toNumber(attribute.i);
};
const float = ({ node }: Use, name: string, absent: number) => node.attributes.get(name)?.f ?? absent;
const text = ({ node }: Use, name: string, absent: string) => {
  const bytes = node.attributes.get(name)?.s;
  return bytes === undefined || bytes.length === 0 ? absent : Buffer.from(bytes).toString('latin1');
};
const integers = ({ node }: Use, name: string): number[] | undefined =>
  node.attributes.get(name)?.list?.i?.map(toNumber);

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

const unaryNode =
  (op: string): Operation =>
  (use) =>
    unary(use.lowering, op, input(use, 0));
const binaryNode =
  (op: string): Operation =>
  (use) =>
    binary(use.lowering, op, input(use, 0), input(use, 1));
const same: Operation = (use) => input(use, 0);

const add: Operation = (use) => {
  const [a, b] = [input(use, 0), input(use, 1)];
  const wide = (x: Value, bias: Value) =>
    x.kind === 'dynamic' && bias.kind === 'constant' && bias.data.length > 1 && bias.shape.length <= 1;
  if (wide(a, b)) return addBias(use.lowering, a, b);
  if (wide(b, a)) return addBias(use.lowering, b, a);
  return binary(use.lowering, 'Add', a, b);
};

const reduceNode =
  (op: string): Operation =>
  (use) => {
    const axes = use.lowering.list(input(use, 1), 'the axes');
    return reduce(use.lowering, op, input(use, 0), axes, flag(use, 'keep_dims') || flag(use, 'keepdims'));
  };

const pooling =
  (op: 'MaxPool' | 'AveragePool'): Operation =>
  (use) => {
    const { channelsLast, strides, dilations, pads } = window(use);
    const kernel = spatial(use, 'ksize', channelsLast);
    return pool(use.lowering, op, input(use, 0), { kernel, strides, dilations, pads, channelsLast });
  };

const padNode =
  (valueAt: number | undefined): Operation =>
  (use) => {
    const amounts = use.lowering.list(input(use, 1), 'the padding');
    const value = valueAt === undefined ? 0 : (use.lowering.list(input(use, valueAt), 'the value')[0] ?? 0);
    const even = amounts.filter((_, at) => at % 2 === 0);
    return pad(
      use.lowering,
      input(use, 0),
      even,
      amounts.filter((_, at) => at % 2 === 1),
      value,
    );
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

const shape: Operation = (use) => ints(input(use, 0).shape);
const sized = (use: Use, at: number): Shape => use.lowering.list(input(use, at), 'the shape');

const reshapeNode: Operation = (use) => reshape(use.lowering, input(use, 0), sized(use, 1));
const expandDims: Operation = (use) => {
  const x = input(use, 0);
  const axis = use.lowering.axis(use.lowering.list(input(use, 1), 'the axis')[0] ?? 0, x.shape.length + 1);
  return reshape(use.lowering, x, x.shape.toSpliced(axis, 0, 1));
};
const squeeze: Operation = (use) => {
  const x = input(use, 0);
  const given = (integers(use, 'squeeze_dims') ?? integers(use, 'axis') ?? []).map((axis) =>
    use.lowering.axis(axis, x.shape.length),
  );
  const gone = given.length === 0 ? x.shape.map((_, axis) => axis).filter((axis) => x.shape[axis] === 1) : given;
  if (gone.some((axis) => x.shape[axis] !== 1)) throw use.lowering.invalid(`[${x.shape}] cannot lose axes ${gone}.`);
  return reshape(
    use.lowering,
    x,
    x.shape.filter((_, axis) => !gone.includes(axis)),
  );
};
const pack: Operation = (use) => stack(use.lowering, use.inputs, integer(use, 'axis', 0));
const unpack: Operation = (use) => {
  const x = input(use, 0);
  const axis = use.lowering.axis(integer(use, 'axis', 0), x.shape.length);
  const rest = x.shape.filter((_, at) => at !== axis);
  const count = x.shape[axis] as number;
  if (count > 4096) throw use.lowering.unsupported(`into ${count} parts.`);
  return split(use.lowering, x, new Array<number>(count).fill(1), axis).map((part) =>
    reshape(use.lowering, part, rest),
  );
};
const concatV2: Operation = (use) =>
  concat(use.lowering, use.inputs.slice(0, -1), sized(use, use.inputs.length - 1)[0] ?? 0);
const concatV1: Operation = (use) => concat(use.lowering, use.inputs.slice(1), sized(use, 0)[0] ?? 0);
const splitNode: Operation = (use) => {
  const x = input(use, 1);
  const axis = use.lowering.axis(sized(use, 0)[0] ?? 0, x.shape.length);
  const count = integer(use, 'num_split', 1);
  const size = (x.shape[axis] as number) / count;
  if (!Number.isInteger(size) || count > 4096) throw use.lowering.invalid(`[${x.shape}] into ${count} parts.`);
  return split(use.lowering, x, new Array<number>(count).fill(size), axis);
};
const splitV: Operation = (use) => {
  const x = input(use, 0);
  const axis = use.lowering.axis(sized(use, 2)[0] ?? 0, x.shape.length);
  const sizes = sized(use, 1);
  const known = sizes.reduce((sum, size) => sum + Math.max(0, size), 0);
  return split(
    use.lowering,
    x,
    sizes.map((size) => (size === -1 ? (x.shape[axis] as number) - known : size)),
    axis,
  );
};
const sliceNode: Operation = (use) => sliceOf(use.lowering, input(use, 0), sized(use, 1), sized(use, 2));
const fill: Operation = (use) => {
  const value = use.lowering.known(input(use, 1), 'the value');
  return use.lowering.filled(value.type, sized(use, 0), value.data[0] ?? 0);
};
const range: Operation = (use) => {
  const [start = 0, limit = 0, delta = 1] = [0, 1, 2].map((at) => sized(use, at)[0] ?? 0);
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  if (!(count <= 4096)) throw use.lowering.unsupported(`of ${count} numbers.`);
  return ints(Array.from({ length: count }, (_, at) => start + at * delta));
};

/** The predicate is known (training or not): the value leaves through one port, the other is dead. */
const switched: Operation = (use) => {
  const taken = use.lowering.known(input(use, 1), 'its condition').data[0] !== 0;
  return taken ? ['dead', input(use, 0)] : [input(use, 0), 'dead'];
};
const select: Operation = (use) => {
  const condition = use.lowering.known(input(use, 0), 'its condition');
  const first = condition.data[0];
  if (!condition.data.every((value) => value === first)) throw use.lowering.unsupported('with a mixed condition.');
  return input(use, first === 0 ? 2 : 1);
};

/** Every operation that is understood. A placeholder is made by the importer, for it is an observation. */
export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>(
  Object.entries({
    ...Object.fromEntries(commonUnaries.map((op) => [op, unaryNode(op)])),
    Identity: same,
    IdentityN: (use: Use) => use.inputs,
    StopGradient: same,
    PreventGradient: same,
    Snapshot: same,
    CheckNumerics: same,
    PlaceholderWithDefault: same,
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
    Relu6: (use: Use) => clip(use.lowering, input(use, 0), 0, 6),
    Selu: unaryNode('Selu'),
    Elu: (use: Use) => unary(use.lowering, 'Elu', input(use, 0), { alpha: 1 }),
    LeakyRelu: (use: Use) => unary(use.lowering, 'LeakyRelu', input(use, 0), { alpha: float(use, 'alpha', 0.2) }),
    Rsqrt: (use: Use) => unary(use.lowering, 'Reciprocal', unary(use.lowering, 'Sqrt', input(use, 0))),
    Square: (use: Use) => binary(use.lowering, 'Mul', input(use, 0), input(use, 0)),
    Softmax: (use: Use) => softmax(use.lowering, input(use, 0), -1),
    Add: add,
    AddV2: add,
    AddN: (use: Use) => use.inputs.slice(1).reduce((sum, x) => binary(use.lowering, 'Add', sum, x), input(use, 0)),
    Sub: binaryNode('Sub'),
    Mul: binaryNode('Mul'),
    RealDiv: binaryNode('Div'),
    Div: binaryNode('Div'),
    FloorDiv: (use: Use) => floorDivision(use.lowering, input(use, 0), input(use, 1)),
    Minimum: binaryNode('Min'),
    Maximum: binaryNode('Max'),
    Pow: binaryNode('Pow'),
    SquaredDifference: (use: Use) => {
      const difference = binary(use.lowering, 'Sub', input(use, 0), input(use, 1));
      return binary(use.lowering, 'Mul', difference, difference);
    },
    Mean: reduceNode('ReduceMean'),
    Sum: reduceNode('ReduceSum'),
    Max: reduceNode('ReduceMax'),
    Min: reduceNode('ReduceMin'),
    Prod: reduceNode('ReduceProd'),
    Shape: shape,
    Size: (use: Use) => scalar('int', elements(input(use, 0).shape)),
    Rank: (use: Use) => scalar('int', input(use, 0).shape.length),
    Reshape: reshapeNode,
    ExpandDims: expandDims,
    Squeeze: squeeze,
    Transpose: (use: Use) => transpose(use.lowering, input(use, 0), sized(use, 1)),
    Pack: pack,
    Unpack: unpack,
    Concat: concatV1,
    ConcatV2: concatV2,
    Split: splitNode,
    SplitV: splitV,
    Slice: sliceNode,
    StridedSlice: (use: Use) =>
      stridedSlice(use.lowering, input(use, 0), {
        begin: sized(use, 1),
        end: sized(use, 2),
        step: sized(use, 3),
        beginMask: integer(use, 'begin_mask', 0),
        endMask: integer(use, 'end_mask', 0),
        ellipsisMask: integer(use, 'ellipsis_mask', 0),
        newAxisMask: integer(use, 'new_axis_mask', 0),
        shrinkMask: integer(use, 'shrink_axis_mask', 0),
      }),
    Tile: (use: Use) => tile(use.lowering, input(use, 0), sized(use, 1)),
    Pad: padNode(undefined),
    PadV2: padNode(2),
    Fill: fill,
    Range: range,
    ZerosLike: (use: Use) => use.lowering.filled('float', input(use, 0).shape, 0),
    OnesLike: (use: Use) => use.lowering.filled('float', input(use, 0).shape, 1),
    Cast: (use: Use) =>
      cast(
        use.lowering,
        input(use, 0),
        [1, 2, 19].includes(use.node.attributes.get('DstT')?.type ?? 1) ? 'float' : 'int',
      ),
    LogicalNot: (use: Use) => {
      const x = use.lowering.known(input(use, 0), 'its input');
      return constant(
        'int',
        x.shape,
        Array.from(x.data, (value) => (value === 0 ? 1 : 0)),
      );
    },
    Switch: switched,
    RefSwitch: switched,
    Select: select,
    SelectV2: select,
    Dropout: same,
    // Only a dropout that is off when a policy drives has these; where one is on, the output turns out dead.
    RandomUniform: () => ['dead' as const],
    RandomStandardNormal: () => ['dead' as const],
  }),
);
