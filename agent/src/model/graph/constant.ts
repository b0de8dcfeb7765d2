import { PitwallError } from '@pitwall/protocol';

/** Booleans are integers 0 and 1. Integers are exact up to 2⁵³. */
export type ElementType = 'float' | 'int';
export type Shape = readonly number[];

/** A value that is known when a model is imported: weights, shapes, axes. */
export interface Constant {
  readonly kind: 'constant';
  readonly type: ElementType;
  readonly shape: Shape;
  readonly data: Float32Array | Float64Array;
}

/** More elements than any policy's largest part has (SHALLOW: 5.8 million), few enough to hold in memory. */
export const maxElements = 2 ** 25;

export function elements(shape: Shape): number {
  let count = 1;
  for (const size of shape) {
    if (!Number.isInteger(size) || size < 0)
      throw new PitwallError('graph-invalid', `A tensor has the shape [${shape}].`);
    count *= size;
  }
  if (count > maxElements || shape.length > 8) {
    throw new PitwallError('graph-too-large', `A tensor of shape [${shape}] is larger than any policy needs.`);
  }
  return count;
}

/** Shapes, axes and indices are short; only weights are long. Integers take eight bytes each. */
const maxIntegers = 2 ** 20;

/** How many numbers a constant of this shape holds. @throws PitwallError `graph-too-large` */
export function countOf(type: ElementType, shape: Shape): number {
  const count = elements(shape);
  if (type === 'int' && count > maxIntegers) {
    throw new PitwallError('graph-too-large', `A list of ${count} integers is longer than any policy needs.`);
  }
  return count;
}

const numbers = (type: ElementType, shape: Shape): Float32Array | Float64Array => {
  const count = countOf(type, shape);
  return type === 'float' ? new Float32Array(count) : new Float64Array(count);
};

export function constant(type: ElementType, shape: Shape, data: ArrayLike<number>): Constant {
  const count = countOf(type, shape);
  if (data.length !== count) {
    throw new PitwallError(
      'graph-invalid',
      `A constant of shape [${shape}] holds ${data.length} values, not ${count}.`,
    );
  }
  const typed =
    type === 'float'
      ? data instanceof Float32Array
        ? data
        : Float32Array.from(data)
      : data instanceof Float64Array
        ? data
        : Float64Array.from(data);
  return { kind: 'constant', type, shape, data: typed };
}

/** One value in every place. */
export function filled(type: ElementType, shape: Shape, value: number): Constant {
  return { kind: 'constant', type, shape, data: numbers(type, shape).fill(value) };
}

export const ints = (values: readonly number[]): Constant => constant('int', [values.length], values);
export const scalar = (type: ElementType, value: number): Constant => constant(type, [], [value]);

export const strides = (shape: Shape): number[] => {
  const steps = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis -= 1) {
    steps[axis] = (steps[axis + 1] as number) * (shape[axis + 1] as number);
  }
  return steps;
};

/** Reads `source` in the order that `steps` (one for each axis of `shape`) gives. */
function gather(source: Constant, shape: Shape, steps: readonly number[], offset = 0): Constant {
  const data = numbers(source.type, shape);
  const count = data.length;
  const at = new Array<number>(shape.length).fill(0);
  // Whole rows are copied where they lie together: the matrix behind a flatten is 23 MB.
  const inRows = shape.length > 0 && steps.at(-1) === 1;
  const run = inRows ? Math.max(1, shape.at(-1) as number) : 1;
  const outer = inRows ? shape.length - 2 : shape.length - 1;
  let from = offset;
  for (let to = 0; to < count; to += run) {
    if (run === 1) data[to] = source.data[from] as number;
    else data.set(source.data.subarray(from, from + run), to);
    for (let axis = outer; axis >= 0; axis -= 1) {
      from += steps[axis] as number;
      at[axis] = (at[axis] as number) + 1;
      if ((at[axis] as number) < (shape[axis] as number)) break;
      from -= (steps[axis] as number) * (shape[axis] as number);
      at[axis] = 0;
    }
  }
  return { kind: 'constant', type: source.type, shape, data };
}

export function reshaped(source: Constant, shape: Shape): Constant {
  return constant(source.type, shape, source.data);
}

export function transposed(source: Constant, permutation: readonly number[]): Constant {
  const steps = strides(source.shape);
  return gather(
    source,
    permutation.map((axis) => source.shape[axis] as number),
    permutation.map((axis) => steps[axis] as number),
  );
}

/** Numpy's broadcasting. */
export function broadcastShape(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const x = a[a.length - rank + axis] ?? 1;
    const y = b[b.length - rank + axis] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw new PitwallError('graph-invalid', `Shapes [${a}] and [${b}] do not fit together.`);
    }
    return x === 1 ? y : x;
  });
}

/** How far apart the neighbours along each axis of `shape` lie in `source`: 0 where one value stands for all. */
function broadcastSteps(source: Constant, shape: Shape): number[] {
  const own = strides(source.shape);
  const missing = shape.length - source.shape.length;
  return shape.map((_, axis) => ((source.shape[axis - missing] ?? 1) === 1 ? 0 : (own[axis - missing] as number)));
}

/** Elements from `starts`, `counts` of them each `step` apart, axis by axis. */
export function sliced(source: Constant, starts: Shape, counts: Shape, steps: readonly number[]): Constant {
  const own = strides(source.shape);
  const offset = starts.reduce((sum, start, axis) => sum + start * (own[axis] as number), 0);
  return gather(
    source,
    counts,
    own.map((step, axis) => step * (steps[axis] as number)),
    elements(counts) === 0 ? 0 : offset,
  );
}

export function concatenated(parts: readonly Constant[], axis: number): Constant {
  const first = parts[0] as Constant;
  const shape = first.shape.map((size, at) =>
    at === axis ? parts.reduce((sum, part) => sum + (part.shape[axis] as number), 0) : size,
  );
  const data = numbers(first.type, shape);
  const rows = shape.slice(0, axis).reduce((product, size) => product * size, 1);
  let to = 0;
  for (let row = 0; row < rows; row += 1) {
    for (const part of parts) {
      const width = rows === 0 ? 0 : part.data.length / rows;
      data.set(part.data.subarray(row * width, (row + 1) * width), to);
      to += width;
    }
  }
  return { kind: 'constant', type: first.type, shape, data };
}

const unary: Record<string, (x: number) => number> = {
  Neg: (x) => -x,
  Abs: Math.abs,
  Exp: Math.exp,
  Log: Math.log,
  Sqrt: Math.sqrt,
  Floor: Math.floor,
  Reciprocal: (x) => 1 / x,
  Relu: (x) => Math.max(0, x),
  Tanh: Math.tanh,
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  Softplus: (x) => Math.log1p(Math.exp(x)),
};

/** @returns undefined where the operation is not one of plain numbers. */
export function foldUnary(op: string, x: Constant): Constant | undefined {
  const apply = unary[op];
  if (apply === undefined) return undefined;
  return constant(x.type, x.shape, x.data.map(apply) as Float32Array);
}

const binary: Record<string, (a: number, b: number) => number> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  FloorDiv: (a, b) => Math.floor(a / b),
  Min: Math.min,
  Max: Math.max,
  Pow: (a, b) => a ** b,
};

export function foldBinary(op: string, a: Constant, b: Constant): Constant {
  const apply = binary[op] as (a: number, b: number) => number;
  const shape = broadcastShape(a.shape, b.shape);
  const data = numbers(a.type, shape);
  const [stepsA, stepsB] = [broadcastSteps(a, shape), broadcastSteps(b, shape)];
  // Integer division cuts toward zero, as in ONNX and in TensorFlow's Div of integers.
  const whole = a.type === 'int' && op === 'Div';
  const at = new Array<number>(shape.length).fill(0);
  let [inA, inB] = [0, 0];
  for (let to = 0; to < data.length; to += 1) {
    const value = apply(a.data[inA] as number, b.data[inB] as number);
    data[to] = whole ? Math.trunc(value) : value;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      inA += stepsA[axis] as number;
      inB += stepsB[axis] as number;
      at[axis] = (at[axis] as number) + 1;
      if ((at[axis] as number) < (shape[axis] as number)) break;
      inA -= (stepsA[axis] as number) * (shape[axis] as number);
      inB -= (stepsB[axis] as number) * (shape[axis] as number);
      at[axis] = 0;
    }
  }
  return { kind: 'constant', type: a.type, shape, data };
}
