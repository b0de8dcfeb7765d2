import { concat, ints, pad, reshape, sliceOf, split, stack, stridedSlice, tile, transpose } from '../../graph/index.js';
import { activated, input, int, type Known, list, type Operation } from './use.js';

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

/** What changes shapes, and takes values apart or puts them together. */
export const shaping: readonly Known[] = [
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
  [22, ['RESHAPE', reshapeNode]],
  [34, ['PAD', padNode]],
  [39, ['TRANSPOSE', (use) => transpose(use.lowering, input(use, 0), list(use, 1))]],
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
  [49, ['SPLIT', splitNode]],
  [60, ['PADV2', padNode]],
  [65, ['SLICE', sliceNode]],
  [69, ['TILE', (use) => tile(use.lowering, input(use, 0), list(use, 1))]],
  [70, ['EXPAND_DIMS', expandDims]],
  [77, ['SHAPE', (use) => ints(input(use, 0).shape)]],
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
  [94, ['FILL', fill]],
];
