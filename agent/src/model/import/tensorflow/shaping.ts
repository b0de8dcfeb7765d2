import {
  concat,
  elements,
  ints,
  pad,
  reshape,
  scalar,
  sliceOf,
  split,
  stack,
  stridedSlice,
  tile,
  transpose,
} from '../../graph/index.js';
import { input, integer, integers, type Operation, sized, type Use } from './use.js';

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

const shape: Operation = (use) => ints(input(use, 0).shape);

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

/** What changes shapes, and takes values apart or puts them together. */
export const shaping: Readonly<Record<string, Operation>> = {
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
};
