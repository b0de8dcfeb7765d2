import {
  type Constant,
  concatenated,
  constant,
  elements,
  ints,
  reshaped,
  type Shape,
  sliced,
  transposed,
} from './constant.js';
import type { Lowering } from './lowering.js';
import type { Value } from './value.js';

export function reshape(lowering: Lowering, x: Value, wanted: readonly number[]): Value {
  const count = elements(x.shape);
  const open = wanted.indexOf(-1);
  const rest = wanted.reduce((product, size, at) => (at === open ? product : product * size), 1);
  const shape = wanted.map((size, at) => (at === open ? count / rest : size));
  if (elements(shape) !== count) throw lowering.invalid(`[${x.shape}] cannot become [${wanted}].`);
  if (x.kind === 'constant') return reshaped(x, shape);
  if (shape.join() === x.shape.join()) return x;
  const flat = shape.length === 2 && shape[0] === x.shape[0];
  if (x.layout === 'channels-first' && flat) {
    const [, h, w, c] = x.shape as [number, number, number, number];
    const ref = lowering.reshapeTo(x.ref, shape);
    const plain = c === 1 || h * w === 1;
    return {
      kind: 'dynamic',
      ref,
      shape,
      ...(plain ? { layout: 'plain' } : { layout: 'flat-channels-first', image: x.shape }),
    };
  }
  return { kind: 'dynamic', ref: lowering.reshapeTo(lowering.plain(x), shape), shape, layout: 'plain' };
}

export function transpose(lowering: Lowering, x: Value, permutation: readonly number[]): Value {
  const perm = permutation.map((axis) => lowering.axis(axis, x.shape.length));
  if (perm.length !== x.shape.length || new Set(perm).size !== perm.length)
    throw lowering.invalid(`permutation [${permutation}].`);
  if (x.kind === 'constant') return lowering.fold(transposed(x, perm));
  const shape = perm.map((axis) => x.shape[axis] as number);
  const order = perm.join();
  // Between N,H,W,C and N,C,H,W a change of name is enough: the value stays where it lies.
  if (x.layout === 'channels-first' && order === '0,3,1,2')
    return { kind: 'dynamic', ref: x.ref, shape, layout: 'plain' };
  if (x.layout === 'plain' && order === '0,2,3,1')
    return { kind: 'dynamic', ref: x.ref, shape, layout: 'channels-first' };
  const moved = perm.filter((axis) => x.shape[axis] !== 1);
  if (moved.every((axis, at) => at === 0 || axis > (moved[at - 1] as number))) return reshape(lowering, x, shape);
  return lowering.emit('Transpose', [lowering.plain(x)], shape, { attributes: { perm } });
}

export function concat(lowering: Lowering, values: readonly Value[], wanted: number): Value {
  const [head] = values;
  if (head === undefined) throw lowering.invalid('it joins nothing.');
  const axis = lowering.axis(wanted, head.shape.length);
  const fits = (value: Value) =>
    value.shape.length === head.shape.length && value.shape.every((size, at) => at === axis || size === head.shape[at]);
  if (!values.every(fits))
    throw lowering.invalid(`shapes ${values.map((value) => `[${value.shape}]`).join(', ')} do not join.`);
  if (values.length === 1) return head;
  const known = values.filter((value) => value.kind === 'constant');
  if (known.length === values.length) return lowering.fold(concatenated(known, axis));
  const shape = head.shape.map((size, at) =>
    at === axis ? values.reduce((sum, value) => sum + (value.shape[axis] as number), 0) : size,
  );
  elements(shape);
  const { refs, along, first } = lowering.inOrder(values, axis);
  return lowering.inPlace('Concat', refs, shape, first, { axis: along });
}

export function stack(lowering: Lowering, values: readonly Value[], wanted: number): Value {
  const rank = (values[0]?.shape.length ?? 0) + 1;
  const axis = lowering.axis(wanted, rank);
  const raised = values.map((value) => reshape(lowering, value, value.shape.toSpliced(axis, 0, 1)));
  const joined = concat(lowering, raised, axis);
  return joined.kind === 'constant' ? joined : { ...joined, stack: { values, axis } };
}

/** `counts` elements from `starts`, each `steps` apart; steps are not 0 and all lies inside. */
export function slice(lowering: Lowering, x: Value, starts: Shape, counts: Shape, steps: readonly number[]): Value {
  starts.forEach((start, axis) => {
    const last = start + ((counts[axis] as number) - 1) * (steps[axis] as number);
    const size = x.shape[axis] as number;
    if ((counts[axis] as number) > 0 && (start < 0 || start >= size || last < 0 || last >= size)) {
      throw lowering.invalid(`it reads outside of [${x.shape}].`);
    }
  });
  if (x.kind === 'constant') return lowering.fold(sliced(x, starts, counts, steps));
  if (counts.join() === x.shape.join() && steps.every((step) => step === 1)) return x;
  if (counts.some((count) => count === 0)) throw lowering.unsupported('it gives an empty tensor.');
  const axis = counts.findIndex((count, at) => count !== x.shape[at]);
  if (
    x.stack !== undefined &&
    axis === x.stack.axis &&
    counts[axis] === 1 &&
    counts.every((c, at) => at === axis || c === x.shape[at])
  ) {
    return reshape(lowering, x.stack.values[starts[axis] as number] as Value, counts);
  }
  const ends = starts.map((start, at) => start + (counts[at] as number) * (steps[at] as number));
  // An end below zero would count from the back: past the front is meant.
  const inputs = [starts, ends.map((end) => (end < 0 ? -(2 ** 31) : end)), starts.map((_, at) => at), steps];
  return lowering.emit('Slice', [lowering.plain(x), ...inputs.map((list) => lowering.weight(ints(list)))], counts);
}

/** `sizes` elements from `starts`, as TensorFlow's Slice has it: −1 is all that is left. */
export function sliceOf(lowering: Lowering, x: Value, starts: Shape, sizes: readonly number[]): Value {
  const counts = sizes.map((size, axis) => (size === -1 ? (x.shape[axis] ?? 0) - (starts[axis] ?? 0) : size));
  if (starts.length !== x.shape.length || counts.length !== x.shape.length || counts.some((count) => count < 0)) {
    throw lowering.invalid(`[${starts}] of [${x.shape}].`);
  }
  const steps = x.shape.map(() => 1);
  return slice(lowering, x, starts, counts, steps);
}

export function split(lowering: Lowering, x: Value, sizes: readonly number[], wanted: number): Value[] {
  const axis = lowering.axis(wanted, x.shape.length);
  if (sizes.reduce((sum, size) => sum + size, 0) !== x.shape[axis])
    throw lowering.invalid(`[${x.shape}] is not split into ${sizes}.`);
  let from = 0;
  return sizes.map((size) => {
    const starts = x.shape.map((_, at) => (at === axis ? from : 0));
    from += size;
    const counts = x.shape.map((count, at) => (at === axis ? size : count));
    return slice(
      lowering,
      x,
      starts,
      counts,
      x.shape.map(() => 1),
    );
  });
}

export function tile(lowering: Lowering, x: Value, repeats: readonly number[]): Value {
  if (
    repeats.length !== x.shape.length ||
    repeats.some((times) => !Number.isInteger(times) || times < 1 || times > 4096)
  ) {
    throw lowering.invalid(`repeats [${repeats}] do not fit [${x.shape}].`);
  }
  const shape = x.shape.map((size, axis) => size * (repeats[axis] as number));
  elements(shape);
  if (x.kind === 'dynamic') return lowering.emit('Tile', [lowering.plain(x), lowering.weight(ints(repeats))], shape);
  return repeats.reduce<Constant>(
    (tiled, times, axis) =>
      times === 1 ? tiled : lowering.fold(concatenated(new Array<Constant>(times).fill(tiled), axis)),
    x,
  );
}

export function pad(
  lowering: Lowering,
  x: Value,
  before: readonly number[],
  after: readonly number[],
  value: number,
): Value {
  const amounts = [...before, ...after];
  if (amounts.length !== 2 * x.shape.length || amounts.some((amount) => !Number.isInteger(amount) || amount < 0)) {
    throw lowering.invalid(`padding [${before}], [${after}] does not fit [${x.shape}].`);
  }
  if (amounts.every((amount) => amount === 0)) return x;
  if (x.kind === 'constant') throw lowering.unsupported('on a constant.');
  const shape = x.shape.map((size, axis) => (before[axis] as number) + size + (after[axis] as number));
  const { refs, first } = lowering.inOrder([x], 0);
  const order = (list: readonly number[]) => (first ? [0, 3, 1, 2].map((axis) => list[axis] as number) : list);
  const inputs = [
    ...refs,
    lowering.weight(ints([...order(before), ...order(after)])),
    lowering.weight(constant('float', [], [value])),
  ];
  return lowering.inPlace('Pad', inputs, shape, first, { mode: 'constant' });
}
