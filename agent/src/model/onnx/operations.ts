import { binary, cast, clip, commonUnaries, softmax, unary } from '../arithmetic.js';
import { type Constant, constant, elements, ints, type Shape } from '../constant.js';
import { addBias, batchNormalization, convolution, matMul, pool } from '../layers.js';
import type { Lowering } from '../lowering.js';
import { reduce } from '../reduction.js';
import { concat, pad, reshape, slice, split, tile, transpose } from '../shaping.js';
import { stridedSlice } from '../strided-slice.js';
import type { Value } from '../value.js';
import { type AttributeMessage, type NodeMessage, readTensor, toNumber } from './read.js';
import { tensorTypes } from './schema.js';

export interface Use {
  readonly lowering: Lowering;
  readonly node: NodeMessage;
  readonly opset: number;
  readonly inputs: readonly (Value | undefined)[];
}
type Operation = (use: Use) => Value | readonly Value[];

const input = ({ lowering, inputs }: Use, at: number): Value => {
  const value = inputs[at];
  if (value === undefined) throw lowering.invalid(`input ${at} is missing.`);
  return value;
};
const attribute = ({ node }: Use, name: string): AttributeMessage | undefined =>
  node.attribute.find((one) => one.name === name);
const int = (use: Use, name: string, absent: number) => {
  const found = attribute(use, name);
  return found === undefined ? absent : toNumber(found.i);
};
const float = (use: Use, name: string, absent: number) => attribute(use, name)?.f ?? absent;
const intList = (use: Use, name: string): number[] | undefined => attribute(use, name)?.ints.map(toNumber);
const text = (use: Use, name: string, absent: string) => {
  const bytes = attribute(use, name)?.s;
  return bytes === undefined ? absent : Buffer.from(bytes).toString('latin1');
};
const list = (use: Use, at: number) => use.lowering.list(input(use, at), `input ${at}`);
/** What older opsets have as an attribute and newer ones as an input. */
const listOf = (use: Use, name: string, at: number): number[] | undefined =>
  intList(use, name) ?? (use.inputs[at] === undefined ? undefined : list(use, at));
const known = (use: Use, at: number, what: string): Constant => use.lowering.known(input(use, at), what);

const unaryNode =
  (op: string, attributes: Readonly<Record<string, number>> = {}): Operation =>
  (use) =>
    unary(
      use.lowering,
      op,
      input(use, 0),
      Object.fromEntries(Object.entries(attributes).map(([name, absent]) => [name, float(use, name, absent)])),
    );
const binaryNode =
  (op: string): Operation =>
  (use) =>
    binary(use.lowering, op, input(use, 0), input(use, 1));
const folding =
  (op: string): Operation =>
  (use) =>
    use.inputs
      .slice(1)
      .reduce<Value>((value, _, at) => binary(use.lowering, op, value, input(use, at + 1)), input(use, 0));

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
const add: Operation = (use) => {
  const [a, b] = [input(use, 0), input(use, 1)];
  if (a.kind === 'dynamic' && b.kind === 'constant' && b.data.length > 1)
    return addBias(use.lowering, a, b, a.shape.length !== 4);
  if (b.kind === 'dynamic' && a.kind === 'constant' && a.data.length > 1)
    return addBias(use.lowering, b, a, b.shape.length !== 4);
  return binary(use.lowering, 'Add', a, b);
};

const reshapeNode: Operation = (use) => {
  const x = input(use, 0);
  const wanted = listOf(use, 'shape', 1) ?? [];
  const kept =
    int(use, 'allowzero', 0) === 0 ? wanted.map((size, axis) => (size === 0 ? (x.shape[axis] ?? 0) : size)) : wanted;
  return reshape(use.lowering, x, kept);
};
const flatten: Operation = (use) => {
  const x = input(use, 0);
  const given = int(use, 'axis', 1);
  const axis = given < 0 ? given + x.shape.length : given;
  const rows = elements(x.shape.slice(0, axis));
  return reshape(use.lowering, x, [rows, elements(x.shape) / rows]);
};
const squeeze: Operation = (use) => {
  const x = input(use, 0);
  const given = (listOf(use, 'axes', 1) ?? []).map((axis) => use.lowering.axis(axis, x.shape.length));
  const gone = given.length > 0 ? given : x.shape.map((_, axis) => axis).filter((axis) => x.shape[axis] === 1);
  if (gone.some((axis) => x.shape[axis] !== 1)) throw use.lowering.invalid(`[${x.shape}] cannot lose axes ${gone}.`);
  return reshape(
    use.lowering,
    x,
    x.shape.filter((_, axis) => !gone.includes(axis)),
  );
};
const unsqueeze: Operation = (use) => {
  const x = input(use, 0);
  const axes = listOf(use, 'axes', 1) ?? [];
  const rank = x.shape.length + axes.length;
  const at = new Set(axes.map((axis) => use.lowering.axis(axis, rank)));
  if (at.size !== axes.length) throw use.lowering.invalid(`axes [${axes}].`);
  const rest = [...x.shape];
  return reshape(
    use.lowering,
    x,
    Array.from({ length: rank }, (_, axis) => (at.has(axis) ? 1 : (rest.shift() as number))),
  );
};
const transposeNode: Operation = (use) =>
  transpose(
    use.lowering,
    input(use, 0),
    intList(use, 'perm') ??
      input(use, 0)
        .shape.map((_, axis) => axis)
        .reverse(),
  );

const sliceNode: Operation = (use) => {
  const x = input(use, 0);
  const [starts, ends] = [listOf(use, 'starts', 1) ?? [], listOf(use, 'ends', 2) ?? []];
  const axes = (listOf(use, 'axes', 3) ?? starts.map((_, axis) => axis)).map((axis) =>
    use.lowering.axis(axis, x.shape.length),
  );
  const steps = use.inputs[4] === undefined ? starts.map(() => 1) : list(use, 4);
  const whole = x.shape.map(() => 0);
  const [begin, end, step] = [[...whole], [...x.shape], whole.map(() => 1)];
  let open = 0;
  axes.forEach((axis, at) => {
    begin[axis] = starts[at] ?? 0;
    end[axis] = ends[at] ?? 0;
    step[axis] = steps[at] ?? 1;
    // Backwards to before the first element has no index of its own.
    if ((step[axis] as number) < 0 && (end[axis] as number) < -(x.shape[axis] as number)) open |= 1 << axis;
  });
  return stridedSlice(use.lowering, x, {
    begin,
    end,
    step,
    beginMask: 0,
    endMask: open,
    ellipsisMask: 0,
    newAxisMask: 0,
    shrinkMask: 0,
  });
};

/** One index, or a list of them, along one axis. */
const gather: Operation = (use) => {
  const { lowering } = use;
  const x = input(use, 0);
  const indices = known(use, 1, 'the index');
  const axis = lowering.axis(int(use, 'axis', 0), x.shape.length);
  const size = x.shape[axis] as number;
  if (indices.data.length > 4096 || indices.data.length === 0)
    throw lowering.unsupported(`of ${indices.data.length} indices.`);
  const parts = Array.from(indices.data, (index) => {
    const starts = x.shape.map((_, at) => (at === axis ? (index < 0 ? index + size : index) : 0));
    return slice(
      lowering,
      x,
      starts,
      x.shape.map((count, at) => (at === axis ? 1 : count)),
      x.shape.map(() => 1),
    );
  });
  const shape: Shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return reshape(lowering, concat(lowering, parts, axis), shape);
};

const splitNode: Operation = (use) => {
  const x = input(use, 0);
  const axis = use.lowering.axis(int(use, 'axis', 0), x.shape.length);
  const count = use.node.output.length;
  const size = Math.ceil((x.shape[axis] as number) / count);
  const even = Array.from({ length: count }, (_, at) => Math.min(size, (x.shape[axis] as number) - at * size));
  return split(use.lowering, x, listOf(use, 'split', 1) ?? even, axis);
};
const padNode: Operation = (use) => {
  const mode = text(use, 'mode', 'constant');
  if (mode !== 'constant' || use.inputs[3] !== undefined) throw use.lowering.unsupported(`mode ${mode}.`);
  const amounts = listOf(use, 'pads', 1) ?? [];
  const value = use.inputs[2] === undefined ? float(use, 'value', 0) : (list(use, 2)[0] ?? 0);
  return pad(
    use.lowering,
    input(use, 0),
    amounts.slice(0, amounts.length / 2),
    amounts.slice(amounts.length / 2),
    value,
  );
};
const clipNode: Operation = (use) => {
  const bound = (name: string, at: number, absent: number) =>
    use.inputs[at] === undefined ? float(use, name, absent) : (list(use, at)[0] ?? absent);
  return clip(use.lowering, input(use, 0), bound('min', 1, -3.4e38), bound('max', 2, 3.4e38));
};
const reduceNode =
  (op: string): Operation =>
  (use) => {
    const x = input(use, 0);
    return reduce(
      use.lowering,
      op,
      x,
      listOf(use, 'axes', 1) ?? x.shape.map((_, axis) => axis),
      int(use, 'keepdims', 1) !== 0,
    );
  };
const softmaxNode: Operation = (use) => {
  const x = input(use, 0);
  const axis = use.lowering.axis(int(use, 'axis', use.opset < 13 ? 1 : -1), x.shape.length);
  // Before opset 13 all axes from this one on were taken together.
  if (use.opset < 13 && axis !== x.shape.length - 1)
    throw use.lowering.unsupported(`axis ${axis} in opset ${use.opset}.`);
  return softmax(use.lowering, x, axis);
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
const constantNode: Operation = (use) => {
  const tensor = attribute(use, 'value')?.t;
  const charge = (count: number) => use.lowering.charge(count);
  if (tensor != null) return readTensor(tensor, charge);
  const [number, integer, floats] = [
    attribute(use, 'value_float'),
    attribute(use, 'value_int'),
    attribute(use, 'value_floats')?.floats,
  ];
  if (number !== undefined) return constant('float', [], [number.f]);
  if (integer !== undefined) return constant('int', [], [toNumber(integer.i)]);
  if (floats !== undefined) return constant('float', [floats.length], floats);
  return ints(intList(use, 'value_ints') ?? []);
};
const constantOfShape: Operation = (use) => {
  const tensor = attribute(use, 'value')?.t;
  const value =
    tensor == null ? constant('float', [1], [0]) : readTensor(tensor, (count) => use.lowering.charge(count));
  return use.lowering.filled(value.type, list(use, 0), value.data[0] ?? 0);
};
const floatTypes: readonly number[] = [tensorTypes.float, tensorTypes.half, tensorTypes.double];
const castNode: Operation = (use) =>
  cast(use.lowering, input(use, 0), floatTypes.includes(int(use, 'to', 1)) ? 'float' : 'int');
const same: Operation = (use) => input(use, 0);

/** The whitelist: nothing else of ONNX is accepted. */
export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>(
  Object.entries({
    ...Object.fromEntries(commonUnaries.map((op) => [op, unaryNode(op)])),
    Identity: same,
    Dropout: same,
    Constant: constantNode,
    ConstantOfShape: constantOfShape,
    Conv: conv,
    Gemm: gemm,
    MatMul: (use: Use) => matMul(use.lowering, input(use, 0), input(use, 1)),
    BatchNormalization: batchNorm,
    MaxPool: pooling('MaxPool'),
    AveragePool: pooling('AveragePool'),
    GlobalAveragePool: globalPooling('ReduceMean'),
    GlobalMaxPool: globalPooling('ReduceMax'),
    Elu: unaryNode('Elu', { alpha: 1 }),
    LeakyRelu: unaryNode('LeakyRelu', { alpha: 0.01 }),
    HardSigmoid: unaryNode('HardSigmoid', { alpha: 0.2, beta: 0.5 }),
    Softmax: softmaxNode,
    Clip: clipNode,
    Add: add,
    Sub: binaryNode('Sub'),
    Mul: binaryNode('Mul'),
    Div: binaryNode('Div'),
    Pow: binaryNode('Pow'),
    Min: folding('Min'),
    Max: folding('Max'),
    Sum: folding('Add'),
    ReduceMean: reduceNode('ReduceMean'),
    ReduceSum: reduceNode('ReduceSum'),
    ReduceMax: reduceNode('ReduceMax'),
    ReduceMin: reduceNode('ReduceMin'),
    Shape: (use: Use) => ints(input(use, 0).shape.slice(int(use, 'start', 0), intList(use, 'end')?.[0])),
    Reshape: reshapeNode,
    Flatten: flatten,
    Squeeze: squeeze,
    Unsqueeze: unsqueeze,
    Transpose: transposeNode,
    Concat: (use: Use) =>
      concat(
        use.lowering,
        use.inputs.map((_, at) => input(use, at)),
        int(use, 'axis', 0),
      ),
    Slice: sliceNode,
    Split: splitNode,
    Gather: gather,
    Pad: padNode,
    Tile: (use: Use) => tile(use.lowering, input(use, 0), list(use, 1)),
    Expand: (use: Use) => binary(use.lowering, 'Mul', input(use, 0), use.lowering.filled('float', list(use, 1), 1)),
    Cast: castNode,
  }),
);
