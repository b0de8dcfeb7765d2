import type { GraphWriter } from '@pitwall/agent/model';

type Node = GraphWriter['nodes'][number];
type Attribute = NonNullable<NonNullable<Node['attr']>[string]>;

/** A float64 tensor, row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

const count = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
const tensor = (shape: readonly number[], data: ArrayLike<number>): Tensor => ({
  shape,
  data: Float64Array.from(data),
});
const number = (value: unknown): number => Number(value ?? 0);
const list = (attribute: Attribute | undefined): number[] => (attribute?.list?.i ?? []).map(number);
const bits = (attribute: Attribute | undefined): number => number(attribute?.i);

/**
 * Computes a graph's node in plain float64, operation by operation, exactly as TensorFlow documents them: no folding, no
 * layouts, no runtime. It shares nothing with the importer; slow, and easy to check by reading.
 */
export function evaluate(nodes: readonly Node[], output: string, feeds: Readonly<Record<string, Tensor>>): Tensor {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const constants = constantsOf(nodes);
  const done = new Map<string, Tensor>();
  const value = (reference: string): Tensor => {
    // `name:1` is the second output of a node; only Split and Unpack have one here.
    const [, name = reference, port = '0'] = /^(.*):(\d+)$/.exec(reference) ?? [];
    if (port !== '0') {
      const node = byName.get(name) as Node;
      return parts(node, (node.input ?? []).map(value))[Number(port)] as Tensor;
    }
    const before = done.get(name) ?? constants.get(name);
    if (before !== undefined) return before;
    const node = byName.get(name);
    if (node === undefined) throw new Error(`no node ${name}`);
    const fed = feeds[name];
    const result = fed ?? compute(node, (node.input ?? []).map(value));
    done.set(name, result);
    return result;
  };
  return value(output);
}

/** Read once for all images. */
const read = new WeakMap<readonly Node[], Map<string, Tensor>>();
function constantsOf(nodes: readonly Node[]): Map<string, Tensor> {
  const before = read.get(nodes);
  if (before !== undefined) return before;
  const constants = new Map(nodes.filter((node) => node.op === 'Const').map((node) => [node.name, compute(node, [])]));
  read.set(nodes, constants);
  return constants;
}

function compute(node: Node, inputs: readonly Tensor[]): Tensor {
  const [a, b] = inputs as [Tensor, Tensor];
  const attr = node.attr ?? {};
  switch (node.op) {
    case 'Const':
      return constant(attr.value?.tensor as NonNullable<Attribute['tensor']>);
    case 'Identity':
    case 'StopGradient':
      return a;
    case 'RealDiv':
      return each(a, b, (x, y) => x / y);
    case 'Sub':
      return each(a, b, (x, y) => x - y);
    case 'Mul':
      return each(a, b, (x, y) => x * y);
    case 'Add':
    case 'AddV2':
    case 'BiasAdd':
      return each(a, b, (x, y) => x + y);
    case 'Relu':
      return tensor(
        a.shape,
        a.data.map((x) => (x > 0 ? x : 0)),
      );
    case 'Tanh':
      return tensor(a.shape, a.data.map(Math.tanh));
    case 'Sigmoid':
      return tensor(
        a.shape,
        a.data.map((x) => 1 / (1 + Math.exp(-x))),
      );
    case 'Elu':
      return tensor(
        a.shape,
        a.data.map((x) => (x > 0 ? x : Math.expm1(x))),
      );
    case 'Minimum':
      return each(a, b, Math.min);
    case 'Maximum':
      return each(a, b, Math.max);
    case 'Exp':
      return tensor(a.shape, a.data.map(Math.exp));
    case 'LeakyRelu':
      return tensor(
        a.shape,
        a.data.map((x) => (x > 0 ? x : x * number(attr.alpha?.f))),
      );
    case 'Cast':
    case 'CheckNumerics':
      return a;
    case 'Split':
    case 'Unpack':
      return parts(node, inputs)[0] as Tensor;
    case 'MaxPool':
    case 'AvgPool':
      return pool(
        a,
        list(attr.ksize),
        list(attr.strides),
        Buffer.from(attr.padding?.s ?? '').toString(),
        node.op === 'MaxPool',
      );
    case 'DepthwiseConv2dNative':
      return depthwise(a, b, list(attr.strides)[1] as number, Buffer.from(attr.padding?.s ?? '').toString());
    case 'FusedBatchNorm':
      return batchNorm(inputs, number(attr.epsilon?.f));
    case 'Pad': {
      const before = (axis: number) => b.data[2 * axis] as number;
      const shape = a.shape.map((size, axis) => size + before(axis) + (b.data[2 * axis + 1] as number));
      return build(shape, (at) => {
        const from = at.map((index, axis) => index - before(axis));
        return from.every((index, axis) => index >= 0 && index < (a.shape[axis] as number)) ? pick(a, from) : 0;
      });
    }
    case 'Tile':
      return build(
        a.shape.map((size, axis) => size * (b.data[axis] as number)),
        (at) =>
          pick(
            a,
            at.map((index, axis) => index % (a.shape[axis] as number)),
          ),
      );
    case 'Transpose': {
      const order = Array.from(b.data);
      return build(
        order.map((axis) => a.shape[axis] as number),
        (at) =>
          pick(
            a,
            a.shape.map((_, axis) => at[order.indexOf(axis)] as number),
          ),
      );
    }
    case 'Slice':
      return build(Array.from(inputs[2]?.data ?? []), (at) =>
        pick(
          a,
          at.map((index, axis) => index + (b.data[axis] as number)),
        ),
      );
    case 'Mean': {
      const axes = Array.from(b.data);
      const kept = build(
        a.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
        (at) => {
          const inside = build(
            a.shape.map((size, axis) => (axes.includes(axis) ? size : 1)),
            (more) =>
              pick(
                a,
                at.map((index, axis) => index + (more[axis] as number)),
              ),
          );
          return inside.data.reduce((sum, x) => sum + x, 0) / inside.data.length;
        },
      );
      return attr.keep_dims?.b === true
        ? kept
        : { shape: a.shape.filter((_, axis) => !axes.includes(axis)), data: kept.data };
    }
    case 'ExpandDims':
      return { shape: a.shape.toSpliced(b.data[0] as number, 0, 1), data: a.data };
    case 'Squeeze':
      return { shape: a.shape.filter((_, axis) => !list(attr.squeeze_dims).includes(axis)), data: a.data };
    case 'Conv2D':
      return conv2d(a, b, list(attr.strides)[1] as number, Buffer.from(attr.padding?.s ?? 'VALID').toString());
    case 'MatMul':
      return matMul(a, b);
    case 'Softmax':
      return softmax(a);
    case 'Shape':
      return tensor([a.shape.length], a.shape);
    case 'Pack':
      return tensor(
        [inputs.length, ...a.shape],
        inputs.flatMap((input) => Array.from(input.data)),
      );
    case 'Reshape': {
      const known = Array.from(b.data).filter((size) => size >= 0);
      return { shape: Array.from(b.data, (size) => (size < 0 ? count(a.shape) / count(known) : size)), data: a.data };
    }
    case 'ConcatV2':
      return concat(inputs.slice(0, -1), inputs.at(-1)?.data[0] as number);
    case 'StridedSlice':
      return bits(attr.ellipsis_mask) !== 0 ? lastColumns(a, (inputs[2] as Tensor).data[1] as number) : firstOf(a);
    default:
      throw new Error(`the evaluator does not know ${node.op}`);
  }
}

const index = (shape: readonly number[], flat: number): number[] => {
  let rest = flat;
  return shape.map((_, axis) => {
    const inner = count(shape.slice(axis + 1));
    const at = Math.floor(rest / inner);
    rest -= at * inner;
    return at;
  });
};
const pick = (x: Tensor, at: readonly number[]): number =>
  x.data[at.reduce((flat, one, axis) => flat * (x.shape[axis] as number) + one, 0)] as number;
const build = (shape: readonly number[], value: (at: readonly number[]) => number): Tensor =>
  tensor(
    shape,
    Array.from({ length: count(shape) }, (_, flat) => value(index(shape, flat))),
  );

function parts(node: Node, inputs: readonly Tensor[]): Tensor[] {
  const unpack = node.op === 'Unpack';
  const x = inputs[unpack ? 0 : 1] as Tensor;
  const axis = unpack ? number(node.attr?.axis?.i) : (inputs[0]?.data[0] as number);
  const pieces = unpack ? (x.shape[axis] as number) : number(node.attr?.num_split?.i);
  const width = (x.shape[axis] as number) / pieces;
  return Array.from({ length: pieces }, (_, piece) => {
    const part = build(
      x.shape.map((size, at) => (at === axis ? width : size)),
      (at) =>
        pick(
          x,
          at.map((one, along) => (along === axis ? one + piece * width : one)),
        ),
    );
    return unpack ? { shape: x.shape.filter((_, at) => at !== axis), data: part.data } : part;
  });
}

/** Rows and columns of a window over an image, with what lies outside left out. */
function* inside(
  size: number,
  out: number,
  kernel: number,
  stride: number,
  padding: string,
): Generator<[tap: number, at: number]> {
  const span = Math.ceil(size / stride);
  const before = padding === 'SAME' ? Math.floor(Math.max(0, (span - 1) * stride + kernel - size) / 2) : 0;
  for (let tap = 0; tap < kernel; tap += 1) {
    const at = out * stride + tap - before;
    if (at >= 0 && at < size) yield [tap, at];
  }
}
const reach = (size: number, kernel: number, stride: number, padding: string) =>
  padding === 'SAME' ? Math.ceil(size / stride) : Math.floor((size - kernel) / stride) + 1;

function pool(x: Tensor, ksize: readonly number[], strides: readonly number[], padding: string, max: boolean): Tensor {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const [kh, kw, sh, sw] = [ksize[1], ksize[2], strides[1], strides[2]] as [number, number, number, number];
  return build([n, reach(h, kh, sh, padding), reach(w, kw, sw, padding), c], ([image, row, column, channel]) => {
    const values: number[] = [];
    for (const [, y] of inside(h, row as number, kh, sh, padding)) {
      for (const [, at] of inside(w, column as number, kw, sw, padding))
        values.push(pick(x, [image as number, y, at, channel as number]));
    }
    return max ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}

function depthwise(x: Tensor, kernel: Tensor, stride: number, padding: string): Tensor {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const [kh, kw, , multiplier] = kernel.shape as [number, number, number, number];
  return build(
    [n, reach(h, kh, stride, padding), reach(w, kw, stride, padding), c * multiplier],
    ([image, row, column, channel]) => {
      const [from, copy] = [Math.floor((channel as number) / multiplier), (channel as number) % multiplier];
      let sum = 0;
      for (const [ky, y] of inside(h, row as number, kh, stride, padding)) {
        for (const [kx, at] of inside(w, column as number, kw, stride, padding))
          sum += pick(x, [image as number, y, at, from]) * pick(kernel, [ky, kx, from, copy]);
      }
      return sum;
    },
  );
}

function batchNorm([x, scale, offset, mean, variance]: readonly Tensor[], epsilon: number): Tensor {
  const image = x as Tensor;
  return build(image.shape, (at) => {
    const of = (part: Tensor | undefined) => part?.data[at.at(-1) as number] as number;
    return ((pick(image, at) - of(mean)) / Math.sqrt(of(variance) + epsilon)) * of(scale) + of(offset);
  });
}

function constant(message: NonNullable<Attribute['tensor']>): Tensor {
  const shape = (message.tensor_shape?.dim ?? []).map((dim) => number(dim.size));
  const content = message.tensor_content;
  if (content === undefined || content.length === 0) {
    return tensor(shape, new Array<number>(count(shape)).fill(number(message.float_val?.[0] ?? message.int_val?.[0])));
  }
  const { buffer } = new Uint8Array(content);
  return tensor(shape, message.dtype === 1 ? new Float32Array(buffer) : new Int32Array(buffer));
}

/** Broadcasts a scalar or one number for each element of the last axis. */
function each(a: Tensor, b: Tensor, apply: (x: number, y: number) => number): Tensor {
  if (b.data.length > a.data.length) return each(b, a, (x, y) => apply(y, x));
  const { data } = b;
  return { shape: a.shape, data: a.data.map((x, at) => apply(x, data[at % data.length] as number)) };
}

function conv2d(x: Tensor, kernel: Tensor, stride: number, padding: string): Tensor {
  const [n, height, width, channels] = x.shape as [number, number, number, number];
  const [kh, kw, , filters] = kernel.shape as [number, number, number, number];
  const same = padding === 'SAME';
  const span = (size: number, k: number) => (same ? Math.ceil(size / stride) : Math.floor((size - k) / stride) + 1);
  const before = (size: number, k: number) =>
    same ? Math.floor(Math.max(0, (span(size, k) - 1) * stride + k - size) / 2) : 0;
  const [oh, ow, top, left] = [span(height, kh), span(width, kw), before(height, kh), before(width, kw)];
  const out = new Float64Array(n * oh * ow * filters);
  for (let image = 0; image < n; image += 1) {
    for (let oy = 0; oy < oh; oy += 1) {
      for (let ox = 0; ox < ow; ox += 1) {
        const to = ((image * oh + oy) * ow + ox) * filters;
        for (let ky = 0; ky < kh; ky += 1) {
          const y = oy * stride + ky - top;
          if (y < 0 || y >= height) continue;
          for (let kx = 0; kx < kw; kx += 1) {
            const column = ox * stride + kx - left;
            if (column < 0 || column >= width) continue;
            for (let c = 0; c < channels; c += 1) {
              const pixel = x.data[((image * height + y) * width + column) * channels + c] as number;
              const from = ((ky * kw + kx) * channels + c) * filters;
              if (pixel === 0) continue;
              for (let f = 0; f < filters; f += 1) {
                out[to + f] = (out[to + f] as number) + pixel * (kernel.data[from + f] as number);
              }
            }
          }
        }
      }
    }
  }
  return { shape: [n, oh, ow, filters], data: out };
}

function matMul(a: Tensor, b: Tensor): Tensor {
  const [rows, inner] = a.shape as [number, number];
  const columns = b.shape[1] as number;
  const out = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    for (let k = 0; k < inner; k += 1) {
      const factor = a.data[row * inner + k] as number;
      if (factor === 0) continue;
      for (let column = 0; column < columns; column += 1) {
        out[row * columns + column] =
          (out[row * columns + column] as number) + factor * (b.data[k * columns + column] as number);
      }
    }
  }
  return { shape: [rows, columns], data: out };
}

function softmax(a: Tensor): Tensor {
  const width = a.shape.at(-1) as number;
  const out = new Float64Array(a.data.length);
  for (let row = 0; row < a.data.length; row += width) {
    const part = a.data.subarray(row, row + width);
    const most = Math.max(...part);
    const powers = part.map((x) => Math.exp(x - most));
    const sum = powers.reduce((total, power) => total + power, 0);
    out.set(
      powers.map((power) => power / sum),
      row,
    );
  }
  return { shape: a.shape, data: out };
}

function concat(values: readonly Tensor[], wanted: number): Tensor {
  const first = values[0] as Tensor;
  const axis = wanted < 0 ? wanted + first.shape.length : wanted;
  const shape = first.shape.map((size, at) =>
    at === axis ? values.reduce((sum, value) => sum + (value.shape[axis] as number), 0) : size,
  );
  return build(shape, (at) => {
    let along = at[axis] as number;
    let from = 0;
    while (along >= (values[from]?.shape[axis] as number)) {
      along -= values[from]?.shape[axis] as number;
      from += 1;
    }
    return pick(values[from] as Tensor, at.toSpliced(axis, 1, along));
  });
}

const firstOf = (a: Tensor): Tensor => {
  const rest = a.shape.slice(1);
  return { shape: rest, data: a.data.subarray(0, count(rest)) };
};

const lastColumns = (a: Tensor, columns: number): Tensor => {
  const width = a.shape.at(-1) as number;
  const rows = a.data.length / width;
  const data = Array.from(
    { length: rows * columns },
    (_, at) => a.data[Math.floor(at / columns) * width + (at % columns)] as number,
  );
  return tensor([...a.shape.slice(0, -1), columns], data);
};
