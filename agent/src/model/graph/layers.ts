import { binary } from './arithmetic.js';
import { type Constant, constant, elements, reshaped, type Shape, transposed } from './constant.js';
import type { Lowering } from './lowering.js';
import type { Attribute } from './network.js';
import { transpose } from './shaping.js';
import type { Dynamic, Value } from './value.js';

/** The two spatial axes, height first. `pads`: top, left, bottom, right; or how TensorFlow chooses them. */
export interface Window {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[] | 'SAME' | 'VALID';
}

interface Sized {
  readonly pads: number[];
  readonly out: [number, number];
}

function sizes(lowering: Lowering, window: Window, kernel: readonly number[], image: readonly number[]): Sized {
  const pads = [0, 0, 0, 0];
  const out = [0, 1].map((axis) => {
    const size = image[axis] as number;
    const stride = window.strides[axis] as number;
    const dilation = window.dilations[axis] as number;
    const given = [stride, dilation, kernel[axis] as number];
    if (given.some((value) => !Number.isInteger(value) || value < 1 || value > 4096)) {
      throw lowering.invalid(`stride, dilation or kernel is ${given}.`);
    }
    const reach = ((kernel[axis] as number) - 1) * dilation + 1;
    if (window.pads === 'SAME') {
      const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
      pads[axis] = Math.floor(total / 2);
      pads[axis + 2] = total - (pads[axis] as number);
    } else if (window.pads !== 'VALID') {
      pads[axis] = window.pads[axis] ?? Number.NaN;
      pads[axis + 2] = window.pads[axis + 2] ?? Number.NaN;
    }
    if (!((pads[axis] as number) >= 0 && (pads[axis + 2] as number) >= 0))
      throw lowering.invalid(`padding is ${window.pads}.`);
    const steps = Math.floor((size + (pads[axis] as number) + (pads[axis + 2] as number) - reach) / stride) + 1;
    if (!(steps >= 1)) throw lowering.invalid(`a window of ${reach} does not fit an image of ${size}.`);
    return steps;
  });
  return { pads, out: out as [number, number] };
}

/** Where the image's axes are: N,H,W,C or N,C,H,W. Gives the image's name, its N, C, H, W, and how to name the result. */
function image(lowering: Lowering, x: Dynamic, channelsLast: boolean) {
  if (x.shape.length !== 4) throw lowering.invalid(`it needs an image, not [${x.shape}].`);
  const order = channelsLast ? [0, 3, 1, 2] : [0, 1, 2, 3];
  const size = order.map((axis) => x.shape[axis] as number) as [number, number, number, number];
  const ref = channelsLast ? lowering.channelsFirst(x) : lowering.plain(x);
  const emit = (op: string, inputs: readonly string[], shape: Shape, attributes: Record<string, Attribute>, macs = 0) =>
    lowering.emit(op, inputs, shape, {
      attributes,
      macs,
      ...(channelsLast
        ? { layout: 'channels-first' as const, logical: [0, 2, 3, 1].map((axis) => shape[axis] as number) }
        : {}),
    });
  return { ref, size, emit };
}

/** `kernel`: output channels, input channels of a group, height, width. */
export function convolution(
  lowering: Lowering,
  x: Value,
  kernel: Constant,
  options: Window & { groups: number; channelsLast: boolean; bias?: Constant },
): Value {
  if (x.kind === 'constant') throw lowering.unsupported('on a constant.');
  const { groups } = options;
  // Scaling the kernel instead of every pixel is exact but for rounding, for zero padding too.
  const source = x.scaled?.of ?? x;
  const weights = x.scaled === undefined ? kernel : scaledBy(kernel, x.scaled.by);
  const { ref, size, emit } = image(lowering, source, options.channelsLast);
  const [n, c, h, w] = size;
  const [m = 0, perGroup = 0, kh = 0, kw = 0] = kernel.shape;
  if (kernel.shape.length !== 4 || groups < 1 || perGroup * groups !== c || m % groups !== 0) {
    throw lowering.invalid(`a kernel [${kernel.shape}] in ${groups} groups does not fit an image of ${c} channels.`);
  }
  const { pads, out } = sizes(lowering, options, [kh, kw], [h, w]);
  const shape = [n, m, ...out];
  const inputs = [ref, lowering.weight(weights)];
  if (options.bias !== undefined) inputs.push(lowering.weight(vector(lowering, options.bias, m)));
  return emit(
    'Conv',
    inputs,
    shape,
    { kernel_shape: [kh, kw], strides: options.strides, dilations: options.dilations, pads, group: groups },
    elements(shape) * perGroup * kh * kw,
  );
}

const scaledBy = (values: Constant, by: number): Constant =>
  constant('float', values.shape, values.data.map((value) => value * by) as Float32Array);

function vector(lowering: Lowering, values: Constant, size: number): Constant {
  if (values.data.length !== size) throw lowering.invalid(`${values.data.length} biases do not fit ${size} channels.`);
  return reshaped(values, [size]);
}

/** Adds one number a channel (the last axis, or axis 1), inside the layer before where that is a Conv or a Gemm. */
export function addBias(lowering: Lowering, x: Value, bias: Value, channelsLast = true): Value {
  if (x.kind === 'constant' || bias.kind === 'dynamic') return binary(lowering, 'Add', x, bias);
  const channels = x.shape[channelsLast ? x.shape.length - 1 : 1];
  const layer = lowering.network.layer(x.ref);
  const perChannel = bias.data.length === channels && bias.shape.filter((size) => size !== 1).length <= 1;
  const fits = channelsLast ? bias.shape.at(-1) === channels : true;
  if (layer === undefined || layer.inputs.length !== 2 || !perChannel || !fits || x.scaled !== undefined)
    return added();
  if (layer.op === 'Conv' && x.shape.length === 4) {
    const { op, inputs, shape, attributes, macs } = layer;
    const withBias = lowering.network.add(
      op,
      layer.name,
      [...inputs, lowering.weight(reshaped(bias, [channels as number]))],
      shape,
      attributes,
      macs,
    );
    return { ...x, ref: withBias };
  }
  if (layer.op === 'MatMul' && x.shape.length === 2) {
    const { inputs, shape, macs } = layer;
    const withBias = lowering.network.add(
      'Gemm',
      layer.name,
      [...inputs, lowering.weight(reshaped(bias, [channels as number]))],
      shape,
      {},
      macs,
    );
    return { ...x, ref: withBias };
  }
  return added();

  function added(): Value {
    if (channelsLast || x.shape.length !== 4 || !perChannel) return binary(lowering, 'Add', x, bias);
    return binary(lowering, 'Add', x, reshaped(bias as Constant, [1, channels as number, 1, 1]));
  }
}

/** `a · b`, each turned around first if so asked. */
export function matMul(lowering: Lowering, a: Value, b: Value, turnA = false, turnB = false): Value {
  const turned = (value: Value, turn: boolean): Value => {
    if (!turn) return value;
    const rank = value.shape.length;
    const order = value.shape.map((_, axis) => (axis === rank - 2 ? rank - 1 : axis === rank - 1 ? rank - 2 : axis));
    return transpose(lowering, value, order);
  };
  const [left, right] = [turned(a, turnA), turned(b, turnB)];
  if (left.kind === 'constant' && right.kind === 'constant') throw lowering.unsupported('of two constants.');
  const [k, rows] = [left.shape.at(-1), right.shape.at(-2)];
  if (left.shape.length < 2 || right.shape.length < 2 || k !== rows) {
    throw lowering.invalid(`[${left.shape}] times [${right.shape}].`);
  }
  if (right.shape.length > 2 && right.shape.length !== left.shape.length)
    throw lowering.unsupported('shapes of different rank.');
  const shape = [...left.shape.slice(0, -1), right.shape.at(-1) as number];
  const macs = elements(shape) * (k as number);
  if (left.kind === 'dynamic' && right.kind === 'constant' && left.layout === 'flat-channels-first') {
    return lowering.emit('MatMul', [left.ref, lowering.weight(reordered(right, left.image as Shape))], shape, { macs });
  }
  return lowering.emit('MatMul', [lowering.plain(left), lowering.plain(right)], shape, { macs });
}

/** The rows of a matrix that follows a flatten, from the order H,W,C to C,H,W. */
function reordered(matrix: Constant, [, h, w, c]: Shape): Constant {
  const columns = matrix.shape[1] as number;
  return reshaped(
    transposed(reshaped(matrix, [(h as number) * (w as number), c as number, columns]), [1, 0, 2]),
    matrix.shape,
  );
}

export function pool(
  lowering: Lowering,
  op: 'MaxPool' | 'AveragePool',
  x: Value,
  options: Window & { kernel: readonly number[]; channelsLast: boolean; countPadding?: boolean },
): Value {
  if (x.kind === 'constant') throw lowering.unsupported('on a constant.');
  const { ref, size, emit } = image(lowering, x, options.channelsLast);
  const [n, c, h, w] = size;
  const { pads, out } = sizes(lowering, options, options.kernel, [h, w]);
  if (
    [0, 1].some((axis) => Math.max(pads[axis] as number, pads[axis + 2] as number) >= (options.kernel[axis] as number))
  ) {
    throw lowering.invalid('its padding is wider than its window.');
  }
  const attributes = { kernel_shape: options.kernel, strides: options.strides, pads };
  const extra = op === 'AveragePool' ? { count_include_pad: options.countPadding === true ? 1 : 0 } : {};
  const shape = [n, c, ...out];
  return emit(
    op,
    [ref],
    shape,
    { ...attributes, ...extra },
    elements(shape) * (options.kernel[0] as number) * (options.kernel[1] as number),
  );
}

export function batchNormalization(
  lowering: Lowering,
  x: Value,
  parameters: {
    scale: Constant;
    offset: Constant;
    mean: Constant;
    variance: Constant;
    epsilon: number;
    channelsLast: boolean;
  },
): Value {
  const { scale, offset, mean, variance, epsilon, channelsLast } = parameters;
  const channels = x.shape[channelsLast ? x.shape.length - 1 : 1] as number;
  if ([scale, offset, mean, variance].some((part) => part.data.length !== channels)) {
    throw lowering.invalid(`its parameters do not fit ${channels} channels.`);
  }
  const factor = Float32Array.from(
    scale.data,
    (value, at) => value / Math.sqrt((variance.data[at] as number) + epsilon),
  );
  const shift = Float32Array.from(
    offset.data,
    (value, at) => value - (mean.data[at] as number) * (factor[at] as number),
  );
  const shape = channelsLast ? [channels] : [channels, ...new Array<number>(x.shape.length - 2).fill(1)];
  const scaled = binary(lowering, 'Mul', x, constant('float', shape, factor));
  return binary(lowering, 'Add', scaled, constant('float', shape, shift));
}
