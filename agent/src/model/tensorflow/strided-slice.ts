import type { Value } from '../lowering.js';
import type { Use } from './operations.js';

interface Reader {
  mask(name: string): number;
  list(input: number): number[];
}

/** TensorFlow's slicing with its five bit masks (tensorflow/core/util/strided_slice_op.cc documents them). */
export function stridedSlice({ lowering, inputs }: Use, { mask, list }: Reader): Value {
  const x = inputs[0];
  if (x === undefined || inputs.length < 4) throw lowering.invalid(`it has ${inputs.length} inputs.`);
  const [begin, end, step] = [list(1), list(2), list(3)] as [number[], number[], number[]];
  const bit = (name: string) => {
    const bits = mask(name);
    return (at: number) => at < 31 && (bits & (1 << at)) !== 0;
  };
  const [newAxis, shrink, ellipsis] = [bit('new_axis_mask'), bit('shrink_axis_mask'), bit('ellipsis_mask')];
  const [openBegin, openEnd] = [bit('begin_mask'), bit('end_mask')];
  const rank = x.shape.length;
  const starts: number[] = [];
  const counts: number[] = [];
  const steps: number[] = [];
  const shape: number[] = [];
  const whole = () => {
    const size = x.shape[starts.length] as number;
    starts.push(0);
    counts.push(size);
    steps.push(1);
    shape.push(size);
  };
  const consuming = begin.filter((_, at) => !newAxis(at) && !ellipsis(at)).length;
  if (consuming > rank || end.length !== begin.length || step.length !== begin.length) {
    throw lowering.invalid(`its indices do not fit [${x.shape}].`);
  }
  begin.forEach((from, at) => {
    if (ellipsis(at)) {
      const after = begin
        .slice(at + 1)
        .filter((_, later) => !newAxis(at + 1 + later) && !ellipsis(at + 1 + later)).length;
      while (starts.length < rank - after) whole();
      return;
    }
    if (newAxis(at)) {
      shape.push(1);
      return;
    }
    const size = x.shape[starts.length];
    const stride = step[at] as number;
    if (size === undefined || stride === 0) throw lowering.invalid(`its indices do not fit [${x.shape}].`);
    const positive = (index: number) => (index < 0 ? index + size : index);
    if (shrink(at)) {
      starts.push(positive(from));
      counts.push(1);
      steps.push(1);
      return;
    }
    const [low, high] = stride > 0 ? [0, size] : [-1, size - 1];
    const clamp = (index: number) => Math.min(high, Math.max(low, positive(index)));
    const first = openBegin(at) ? (stride > 0 ? 0 : size - 1) : clamp(from);
    const last = openEnd(at) ? (stride > 0 ? size : -1) : clamp(end[at] as number);
    const count = Math.max(0, Math.ceil((last - first) / stride));
    starts.push(count === 0 ? 0 : first);
    counts.push(count);
    steps.push(stride);
    shape.push(count);
  });
  while (starts.length < rank) whole();
  return lowering.reshape(lowering.slice(x, starts, counts, steps), shape);
}
