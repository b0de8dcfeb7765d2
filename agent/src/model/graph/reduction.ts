import { type Constant, constant, ints } from './constant.js';
import { channelsFirstAxis, type Lowering } from './lowering.js';
import { reshape } from './shaping.js';
import type { Value } from './value.js';

/** `op` is one of ONNX's: ReduceMean, ReduceMax, ReduceL2, … */
export function reduce(lowering: Lowering, op: string, x: Value, wanted: readonly number[], keep: boolean): Value {
  const axes = [...new Set(wanted.map((axis) => lowering.axis(axis, x.shape.length)))].sort((a, b) => a - b);
  if (x.kind === 'constant') return reduceConstant(lowering, op, x, axes, keep);
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const { refs, first } = lowering.inOrder([x], 0);
  const along = first ? axes.map((axis) => channelsFirstAxis[axis] as number).sort((a, b) => a - b) : axes;
  // From opset 13 on the sum takes its axes as an input, the others as an attribute until 18.
  const reduced =
    op === 'ReduceSum'
      ? lowering.inPlace(op, [...refs, lowering.weight(ints(along))], kept, first, { keepdims: 1 })
      : lowering.inPlace(op, refs, kept, first, { axes: along, keepdims: 1 });
  return keep
    ? reduced
    : reshape(
        lowering,
        reduced,
        x.shape.filter((_, axis) => !axes.includes(axis)),
      );
}

function reduceConstant(lowering: Lowering, op: string, x: Constant, axes: readonly number[], keep: boolean): Constant {
  if (axes.length !== x.shape.length) throw lowering.unsupported('over some axes of a constant.');
  const all = Array.from(x.data);
  const sum = all.reduce((total, value) => total + value, 0);
  const results: Record<string, () => number> = {
    ReduceSum: () => sum,
    ReduceMean: () => sum / all.length,
    ReduceProd: () => all.reduce((product, value) => product * value, 1),
    ReduceMax: () => all.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
    ReduceMin: () => all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
  };
  const result = results[op];
  if (result === undefined) throw lowering.unsupported('on a constant.');
  return constant(x.type, keep ? x.shape.map(() => 1) : [], [result()]);
}
