import type { Lowering } from './lowering.js';
import { reshape, slice } from './shaping.js';
import type { Value } from './value.js';

/** Python-like indices and TensorFlow's bit masks, in which bit i speaks of index i. */
export interface Slices {
  readonly begin: readonly number[];
  readonly end: readonly number[];
  readonly step: readonly number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkMask: number;
}

/** TensorFlow's slicing with its five bit masks (tensorflow/core/util/strided_slice_op.cc documents them). */
export function stridedSlice(lowering: Lowering, x: Value, slices: Slices): Value {
  const { begin, end, step } = slices;
  const bit = (bits: number) => (at: number) => at < 31 && (bits & (1 << at)) !== 0;
  const [newAxis, shrink, ellipsis] = [bit(slices.newAxisMask), bit(slices.shrinkMask), bit(slices.ellipsisMask)];
  const [openBegin, openEnd] = [bit(slices.beginMask), bit(slices.endMask)];
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
  return reshape(lowering, slice(lowering, x, starts, counts, steps), shape);
}
