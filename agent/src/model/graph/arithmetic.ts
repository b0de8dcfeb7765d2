import {
  broadcastShape,
  type Constant,
  constant,
  elements,
  foldBinary,
  foldUnary,
  reshaped,
  type Shape,
} from './constant.js';
import type { Lowering } from './lowering.js';
import type { Attribute } from './network.js';
import { reshape } from './shaping.js';
import type { Dynamic, Value } from './value.js';

/** Operations on every number by itself, without attributes, that TensorFlow and ONNX call by the same names. */
export const commonUnaries = [
  'Relu',
  'Tanh',
  'Sigmoid',
  'Softplus',
  'Softsign',
  'Exp',
  'Log',
  'Neg',
  'Abs',
  'Sqrt',
  'Floor',
  'Reciprocal',
] as const;

export function unary(lowering: Lowering, op: string, x: Value, attributes: Record<string, Attribute> = {}): Value {
  if (x.kind === 'constant') {
    lowering.charge(x.data.length);
    const folded = foldUnary(op, x);
    if (folded === undefined) throw lowering.unsupported('on a constant.');
    return folded;
  }
  return lowering.inPlaceOf(x, op, [x.ref], attributes);
}

export function binary(lowering: Lowering, op: string, a: Value, b: Value): Value {
  if (a.kind === 'constant' && b.kind === 'constant') {
    if (a.type !== b.type) throw lowering.invalid('its two sides have different types.');
    lowering.charge(elements(broadcastShape(a.shape, b.shape)));
    return foldBinary(op, a, b);
  }
  const shape = broadcastShape(a.shape, b.shape);
  return simplified(lowering, op, a, b, shape) ?? elementwise(lowering, op, a, b, shape);
}

/** Adding nothing, scaling by one number, and `(1 − r)·x + r·x`. */
function simplified(lowering: Lowering, op: string, a: Value, b: Value, shape: Shape): Value | undefined {
  const same = (value: Value) =>
    value.shape.length === shape.length && value.shape.every((size, i) => size === shape[i]);
  if (a.kind === 'dynamic' && b.kind === 'dynamic') {
    if (op !== 'Add' && op !== 'Sub') return undefined;
    const [x, y] = [a.scaled ?? { of: a, by: 1 }, b.scaled ?? { of: b, by: 1 }];
    if (x.of.ref !== y.of.ref || x.of.shape.join() !== y.of.shape.join() || !same(x.of)) return undefined;
    return times(lowering, x.of, op === 'Add' ? x.by + y.by : x.by - y.by);
  }
  const [x, c] = a.kind === 'dynamic' ? [a, b as Constant] : [b as Dynamic, a];
  if (!same(x)) return undefined;
  const left = x === a;
  if ((op === 'Add' || (op === 'Sub' && left)) && c.data.every((value) => value === 0)) return x;
  if (c.data.length !== 1) return undefined;
  const factor = c.data[0] as number;
  if (op === 'Mul') return scale(lowering, x, factor);
  if (op === 'Div' && left && factor !== 0) return scale(lowering, x, 1 / factor);
  return undefined;
}

function scale(lowering: Lowering, x: Dynamic, factor: number): Dynamic {
  const { of, by } = x.scaled ?? { of: x, by: 1 };
  return times(lowering, of, by * factor);
}

function times(lowering: Lowering, x: Dynamic, by: number): Dynamic {
  if (Math.abs(by - 1) < 1e-6) return x;
  const factor = lowering.weight(constant('float', [], [by]));
  return { ...lowering.inPlaceOf(x, 'Mul', [x.ref, factor]), scaled: { of: x, by } };
}

function elementwise(lowering: Lowering, op: string, a: Value, b: Value, shape: Shape): Dynamic {
  const layouts = [a, b].filter((value) => value.kind === 'dynamic').map((value) => value.layout);
  if (layouts.includes('channels-first') && shape.length === 4) {
    const side = (value: Value) => lowering.channelsFirst(fourDimensions(lowering, value));
    const physical = [0, 3, 1, 2].map((axis) => shape[axis] as number);
    return lowering.emit(op, [side(a), side(b)], physical, { layout: 'channels-first', logical: shape });
  }
  return lowering.emit(op, [lowering.plain(a), lowering.plain(b)], shape);
}

function fourDimensions(lowering: Lowering, value: Value): Value {
  if (value.shape.length === 4) return value;
  const shape = [...new Array<number>(4 - value.shape.length).fill(1), ...value.shape];
  return value.kind === 'constant' ? reshaped(value, shape) : reshape(lowering, value, shape);
}

export function clip(lowering: Lowering, x: Value, low: number, high: number): Value {
  const bounds = [low, high].map((bound) => constant('float', [], [bound]));
  if (x.kind === 'constant')
    return binary(lowering, 'Min', binary(lowering, 'Max', x, bounds[0] as Constant), bounds[1] as Constant);
  return lowering.inPlaceOf(x, 'Clip', [x.ref, ...bounds.map((bound) => lowering.weight(bound))]);
}

export function floorDivision(lowering: Lowering, a: Value, b: Value): Value {
  if (a.kind === 'constant' && b.kind === 'constant') return binary(lowering, 'FloorDiv', a, b);
  return unary(lowering, 'Floor', binary(lowering, 'Div', a, b));
}

export function softmax(lowering: Lowering, x: Value, wanted: number): Value {
  if (x.kind === 'constant') throw lowering.unsupported('on a constant.');
  const axis = lowering.axis(wanted, x.shape.length);
  const { refs, along, first } = lowering.inOrder([x], axis);
  return lowering.inPlace('Softmax', refs, x.shape, first, { axis: along });
}

export function cast(lowering: Lowering, x: Value, to: 'float' | 'int'): Value {
  if (x.kind === 'constant') return constant(to, x.shape, to === 'int' ? Array.from(x.data, Math.trunc) : x.data);
  if (to === 'float') return x;
  throw lowering.unsupported('it turns an observation into integers, which no policy does.');
}
