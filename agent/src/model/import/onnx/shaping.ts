import {
  binary,
  concat,
  constant,
  elements,
  ints,
  pad,
  reshape,
  type Shape,
  slice,
  split,
  stridedSlice,
  tile,
  transpose,
} from '../../graph/index.js';
import { readTensor, toNumber } from './read.js';
import { attribute, float, input, int, intList, known, list, listOf, type Operation, text, type Use } from './use.js';

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

const same: Operation = (use) => input(use, 0);

/** Constants, and what changes shapes, takes values apart or puts them together. */
export const shaping: Readonly<Record<string, Operation>> = {
  Identity: same,
  Dropout: same,
  Constant: constantNode,
  ConstantOfShape: constantOfShape,
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
};
