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
  const value = (name: string): Tensor => {
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
      return concat(inputs.slice(0, -1));
    case 'StridedSlice':
      return bits(attr.ellipsis_mask) !== 0 ? lastColumns(a, (inputs[2] as Tensor).data[1] as number) : firstOf(a);
    default:
      throw new Error(`the evaluator does not know ${node.op}`);
  }
}

function constant(message: NonNullable<Attribute['tensor']>): Tensor {
  const shape = (message.tensor_shape?.dim ?? []).map((dim) => number(dim.size));
  const content = message.tensor_content;
  if (content === undefined || content.length === 0) {
    return tensor(shape, new Array<number>(count(shape)).fill(number(message.float_val?.[0] ?? message.int_val?.[0])));
  }
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const read = (at: number) => (message.dtype === 1 ? view.getFloat32(4 * at, true) : view.getInt32(4 * at, true));
  return tensor(
    shape,
    Array.from({ length: count(shape) }, (_, at) => read(at)),
  );
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

/** Along the last axis of matrices. */
function concat(parts: readonly Tensor[]): Tensor {
  const rows = (parts[0] as Tensor).shape[0] as number;
  const data: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    for (const part of parts) {
      const width = part.shape[1] as number;
      data.push(...part.data.subarray(row * width, (row + 1) * width));
    }
  }
  return tensor([rows, data.length / rows], data);
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
