import { type Constant, constant, elements, ints, type Shape } from '../constant.js';
import { addBias, batchNormalization, convolution, matMul, pool } from '../layers.js';
import type { Lowering, Value } from '../lowering.js';
import { stridedSlice } from '../strided-slice.js';
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

const unary =
  (op: string, attributes: Readonly<Record<string, number>> = {}): Operation =>
  (use) =>
    use.lowering.unary(
      op,
      input(use, 0),
      Object.fromEntries(Object.entries(attributes).map(([name, absent]) => [name, float(use, name, absent)])),
    );
const binary =
  (op: string): Operation =>
  (use) =>
    use.lowering.binary(op, input(use, 0), input(use, 1));
const folding =
  (op: string): Operation =>
  (use) =>
    use.inputs
      .slice(1)
      .reduce<Value>((value, _, at) => use.lowering.binary(op, value, input(use, at + 1)), input(use, 0));

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
    use.lowering.reduce(
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
    by === 1 ? value : lowering.binary('Mul', value, constant('float', [], [by]));
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
  return use.lowering.binary('Add', a, b);
};

const reshape: Operation = (use) => {
  const x = input(use, 0);
  const wanted = listOf(use, 'shape', 1) ?? [];
  const kept =
    int(use, 'allowzero', 0) === 0 ? wanted.map((size, axis) => (size === 0 ? (x.shape[axis] ?? 0) : size)) : wanted;
  return use.lowering.reshape(x, kept);
};
const flatten: Operation = (use) => {
  const x = input(use, 0);
  const given = int(use, 'axis', 1);
  const axis = given < 0 ? given + x.shape.length : given;
  const rows = elements(x.shape.slice(0, axis));
  return use.lowering.reshape(x, [rows, elements(x.shape) / rows]);
};
const squeeze: Operation = (use) => {
  const x = input(use, 0);
  const given = (listOf(use, 'axes', 1) ?? []).map((axis) => use.lowering.axis(axis, x.shape.length));
  const gone = given.length > 0 ? given : x.shape.map((_, axis) => axis).filter((axis) => x.shape[axis] === 1);
  if (gone.some((axis) => x.shape[axis] !== 1)) throw use.lowering.invalid(`[${x.shape}] cannot lose axes ${gone}.`);
  return use.lowering.reshape(
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
  return use.lowering.reshape(
    x,
    Array.from({ length: rank }, (_, axis) => (at.has(axis) ? 1 : (rest.shift() as number))),
  );
};
const transpose: Operation = (use) =>
  use.lowering.transpose(
    input(use, 0),
    intList(use, 'perm') ??
      input(use, 0)
        .shape.map((_, axis) => axis)
        .reverse(),
  );

const slice: Operation = (use) => {
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
    return lowering.slice(
      x,
      starts,
      x.shape.map((count, at) => (at === axis ? 1 : count)),
      x.shape.map(() => 1),
    );
  });
  const shape: Shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return lowering.reshape(lowering.concat(parts, axis), shape);
};

const split: Operation = (use) => {
  const x = input(use, 0);
  const axis = use.lowering.axis(int(use, 'axis', 0), x.shape.length);
  const count = use.node.output.length;
  const size = Math.ceil((x.shape[axis] as number) / count);
  const even = Array.from({ length: count }, (_, at) => Math.min(size, (x.shape[axis] as number) - at * size));
  return use.lowering.split(x, listOf(use, 'split', 1) ?? even, axis);
};
const pad: Operation = (use) => {
  const mode = text(use, 'mode', 'constant');
  if (mode !== 'constant' || use.inputs[3] !== undefined) throw use.lowering.unsupported(`mode ${mode}.`);
  const amounts = listOf(use, 'pads', 1) ?? [];
  const value = use.inputs[2] === undefined ? float(use, 'value', 0) : (list(use, 2)[0] ?? 0);
  return use.lowering.pad(
    input(use, 0),
    amounts.slice(0, amounts.length / 2),
    amounts.slice(amounts.length / 2),
    value,
  );
};
const clip: Operation = (use) => {
  const bound = (name: string, at: number, absent: number) =>
    use.inputs[at] === undefined ? float(use, name, absent) : (list(use, at)[0] ?? absent);
  return use.lowering.clip(input(use, 0), bound('min', 1, -3.4e38), bound('max', 2, 3.4e38));
};
const reduce =
  (op: string): Operation =>
  (use) => {
    const x = input(use, 0);
    return use.lowering.reduce(
      op,
      x,
      listOf(use, 'axes', 1) ?? x.shape.map((_, axis) => axis),
      int(use, 'keepdims', 1) !== 0,
    );
  };
const softmax: Operation = (use) => {
  const x = input(use, 0);
  const axis = use.lowering.axis(int(use, 'axis', use.opset < 13 ? 1 : -1), x.shape.length);
  // Before opset 13 all axes from this one on were taken together.
  if (use.opset < 13 && axis !== x.shape.length - 1)
    throw use.lowering.unsupported(`axis ${axis} in opset ${use.opset}.`);
  return use.lowering.softmax(x, axis);
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
  const shape = list(use, 0);
  use.lowering.charge(elements(shape));
  const tensor = attribute(use, 'value')?.t;
  const value =
    tensor == null ? constant('float', [1], [0]) : readTensor(tensor, (count) => use.lowering.charge(count));
  return constant(value.type, shape, new Array<number>(elements(shape)).fill(value.data[0] ?? 0));
};
const floatTypes: readonly number[] = [tensorTypes.float, tensorTypes.half, tensorTypes.double];
const cast: Operation = (use) =>
  use.lowering.cast(input(use, 0), floatTypes.includes(int(use, 'to', 1)) ? 'float' : 'int');
const same: Operation = (use) => input(use, 0);

/** The whitelist: nothing else of ONNX is accepted. */
export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>(
  Object.entries({
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
    Relu: unary('Relu'),
    Elu: unary('Elu', { alpha: 1 }),
    LeakyRelu: unary('LeakyRelu', { alpha: 0.01 }),
    Sigmoid: unary('Sigmoid'),
    HardSigmoid: unary('HardSigmoid', { alpha: 0.2, beta: 0.5 }),
    Softplus: unary('Softplus'),
    Softsign: unary('Softsign'),
    Tanh: unary('Tanh'),
    Exp: unary('Exp'),
    Log: unary('Log'),
    Neg: unary('Neg'),
    Abs: unary('Abs'),
    Sqrt: unary('Sqrt'),
    Floor: unary('Floor'),
    Reciprocal: unary('Reciprocal'),
    Softmax: softmax,
    Clip: clip,
    Add: add,
    Sub: binary('Sub'),
    Mul: binary('Mul'),
    Div: binary('Div'),
    Pow: binary('Pow'),
    Min: folding('Min'),
    Max: folding('Max'),
    Sum: folding('Add'),
    ReduceMean: reduce('ReduceMean'),
    ReduceSum: reduce('ReduceSum'),
    ReduceMax: reduce('ReduceMax'),
    ReduceMin: reduce('ReduceMin'),
    Shape: (use: Use) => ints(input(use, 0).shape.slice(int(use, 'start', 0), intList(use, 'end')?.[0])),
    Reshape: reshape,
    Flatten: flatten,
    Squeeze: squeeze,
    Unsqueeze: unsqueeze,
    Transpose: transpose,
    Concat: (use: Use) =>
      use.lowering.concat(
        use.inputs.map((_, at) => input(use, at)),
        int(use, 'axis', 0),
      ),
    Slice: slice,
    Split: split,
    Gather: gather,
    Pad: pad,
    Tile: (use: Use) => use.lowering.tile(input(use, 0), list(use, 1)),
    Expand: (use: Use) => {
      const shape = list(use, 1);
      use.lowering.charge(elements(shape));
      return use.lowering.binary(
        'Mul',
        input(use, 0),
        constant('float', shape, new Float32Array(elements(shape)).fill(1)),
      );
    },
    Cast: cast,
  }),
);
