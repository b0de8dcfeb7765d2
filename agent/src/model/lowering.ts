import { PitwallError } from '@pitwall/protocol';
import {
  broadcastShape,
  type Constant,
  concatenated,
  constant,
  elements,
  foldBinary,
  foldUnary,
  ints,
  reshaped,
  type Shape,
  sliced,
  transposed,
} from './constant.js';
import { type Attribute, NetworkBuilder } from './network.js';

/**
 * How a value lies in memory. `plain`: as its shape says. `channels-first`: its shape says N,H,W,C but it lies as N,C,H,W.
 * `flat-channels-first`: such an image, flattened to N×(H·W·C) without being turned around first.
 */
export type Layout = 'plain' | 'channels-first' | 'flat-channels-first';

/** A value that depends on the observation; always float32. */
export interface Dynamic {
  readonly kind: 'dynamic';
  readonly ref: string;
  /** As the model's own framework sees it. */
  readonly shape: Shape;
  readonly layout: Layout;
  /** The image that was flattened, N,H,W,C. */
  readonly image?: Shape;
  /** It is `by` times `of`: lets a division by 255 move into weights and a gradient rescaler vanish. */
  readonly scaled?: { readonly of: Dynamic; readonly by: number };
  /** It is these values, stacked on a new axis. */
  readonly stack?: { readonly values: readonly Value[]; readonly axis: number };
}
export type Value = Constant | Dynamic;

/** What is being imported, for error messages: one operation of one node, and the version of its format. */
export interface Where {
  readonly op: string;
  readonly node: string;
  readonly version: string;
}

/** Where each axis of N,H,W,C is in N,C,H,W. */
const channelsFirstAxis = [0, 2, 3, 1];
/** Elements that all constants of a model may have together, and as many again for what is computed from them. */
const constantBudget = 2 ** 26;

/** Turns operations, one at a time, into constants where they can be computed now and into network layers where not. */
export class Lowering {
  readonly network = new NetworkBuilder();
  where: Where = { op: 'none', node: 'none', version: 'none' };
  private readonly plainOf = new Map<string, string>();
  private made = 0;

  /** The operation is fine, this use of it is not. */
  unsupported(detail: string): PitwallError {
    const { op, node, version } = this.where;
    return new PitwallError('graph-unsupported', `Operation ${op} of node "${node}" (${version}): ${detail}`, {
      details: { op, node, version },
    });
  }

  invalid(detail: string): PitwallError {
    const { op, node, version } = this.where;
    return new PitwallError('graph-invalid', `Operation ${op} of node "${node}" (${version}) is broken: ${detail}`);
  }

  input(name: string, shape: Shape): Dynamic {
    return { kind: 'dynamic', ref: this.network.input(name, shape), shape, layout: 'plain' };
  }

  emit(
    op: string,
    inputs: readonly string[],
    shape: Shape,
    options: {
      attributes?: Record<string, Attribute>;
      layout?: Layout;
      logical?: Shape;
      image?: Shape;
      macs?: number;
    } = {},
  ): Dynamic {
    const ref = this.network.add(op, this.where.node, inputs, shape, options.attributes, options.macs ?? 0);
    const { layout = 'plain', logical = shape, image } = options;
    return { kind: 'dynamic', ref, shape: logical, layout, ...(image === undefined ? {} : { image }) };
  }

  weight(value: Constant): string {
    return this.network.weight(value, `${this.where.node}/constant`);
  }

  private fold(result: Constant): Constant {
    this.charge(result.data.length);
    return result;
  }

  /** Counts what is made at import time, so that a hostile graph can neither fill the memory nor keep the importer busy. */
  charge(count: number): void {
    this.made += count;
    if (this.made > constantBudget) {
      throw new PitwallError('graph-too-large', 'The graph holds or computes too many constants.');
    }
  }

  /** A constant, or a sentence about why it must be one. */
  known(value: Value, what: string): Constant {
    if (value.kind === 'constant') return value;
    throw this.unsupported(`${what} must be a constant, but depends on the observation.`);
  }

  list(value: Value, what: string): number[] {
    const known = this.known(value, what);
    if (known.data.length > 64) throw this.invalid(`${what} holds ${known.data.length} numbers.`);
    return Array.from(known.data);
  }

  axis(axis: number, rank: number): number {
    const positive = axis < 0 ? axis + rank : axis;
    if (Number.isInteger(positive) && positive >= 0 && positive < rank) return positive;
    throw this.invalid(`axis ${axis} does not exist in a tensor of ${rank} dimensions.`);
  }

  /** The name of the value as its shape says it lies. */
  plain(value: Value): string {
    if (value.kind === 'constant') return this.weight(value);
    if (value.layout === 'plain') return value.ref;
    const before = this.plainOf.get(value.ref);
    if (before !== undefined) return before;
    const image = value.layout === 'channels-first' ? value.shape : (value.image as Shape);
    const [n, h, w, c] = image as [number, number, number, number];
    let { ref } = value;
    if (value.layout === 'flat-channels-first') ref = this.reshapeTo(ref, [n, c, h, w]);
    ref = c === 1 || h * w === 1 ? this.reshapeTo(ref, image) : this.transposeTo(ref, image, [0, 2, 3, 1]);
    if (value.layout === 'flat-channels-first') ref = this.reshapeTo(ref, value.shape);
    this.plainOf.set(value.ref, ref);
    return ref;
  }

  /** The name of an N,H,W,C value as it lies as N,C,H,W. */
  channelsFirst(value: Value): string {
    const [n, h, w, c] = value.shape as [number, number, number, number];
    if (value.kind === 'constant') return this.weight(this.fold(transposed(value, [0, 3, 1, 2])));
    if (value.layout === 'channels-first') return value.ref;
    const ref = this.plain(value);
    return c === 1 || h * w === 1
      ? this.reshapeTo(ref, [n, c, h, w])
      : this.transposeTo(ref, [n, c, h, w], [0, 3, 1, 2]);
  }

  private reshapeTo(ref: string, shape: Shape): string {
    const source = this.network.layer(ref);
    const from = source?.op === 'Reshape' ? (source.inputs[0] as string) : ref;
    if (this.network.shape(from).join() === shape.join()) return from;
    return this.network.add('Reshape', this.where.node, [from, this.weight(ints(shape))], shape);
  }

  private transposeTo(ref: string, shape: Shape, perm: readonly number[]): string {
    return this.network.add('Transpose', this.where.node, [ref], shape, { perm });
  }

  unary(op: string, x: Value, attributes: Record<string, Attribute> = {}): Value {
    if (x.kind === 'constant') {
      const folded = foldUnary(op, x);
      if (folded === undefined) throw this.unsupported('on a constant.');
      return this.fold(folded);
    }
    return this.inPlaceOf(x, op, [x.ref], attributes);
  }

  /** A layer that leaves shape and order as they are. */
  private inPlaceOf(
    x: Dynamic,
    op: string,
    inputs: readonly string[],
    attributes: Record<string, Attribute> = {},
  ): Dynamic {
    const { layout, shape: logical, image } = x;
    return this.emit(op, inputs, this.physical(x), {
      attributes,
      layout,
      logical,
      ...(image === undefined ? {} : { image }),
    });
  }

  /** The shape as the value lies in memory. */
  physical(x: Dynamic): Shape {
    return x.layout === 'channels-first' ? [0, 3, 1, 2].map((axis) => x.shape[axis] as number) : x.shape;
  }

  binary(op: string, a: Value, b: Value): Value {
    if (a.kind === 'constant' && b.kind === 'constant') {
      if (a.type !== b.type) throw this.invalid('its two sides have different types.');
      elements(broadcastShape(a.shape, b.shape));
      return this.fold(foldBinary(op, a, b));
    }
    const shape = broadcastShape(a.shape, b.shape);
    return this.simplified(op, a, b, shape) ?? this.elementwise(op, a, b, shape);
  }

  /** Adding nothing, scaling by one number, and `(1 − r)·x + r·x`. */
  private simplified(op: string, a: Value, b: Value, shape: Shape): Value | undefined {
    const same = (value: Value) =>
      value.shape.length === shape.length && value.shape.every((size, i) => size === shape[i]);
    if (a.kind === 'dynamic' && b.kind === 'dynamic') {
      if (op !== 'Add' && op !== 'Sub') return undefined;
      const [x, y] = [a.scaled ?? { of: a, by: 1 }, b.scaled ?? { of: b, by: 1 }];
      if (x.of.ref !== y.of.ref || x.of.shape.join() !== y.of.shape.join() || !same(x.of)) return undefined;
      return this.times(x.of, op === 'Add' ? x.by + y.by : x.by - y.by);
    }
    const [x, c] = a.kind === 'dynamic' ? [a, b as Constant] : [b as Dynamic, a];
    if (!same(x)) return undefined;
    const left = x === a;
    if ((op === 'Add' || (op === 'Sub' && left)) && c.data.every((value) => value === 0)) return x;
    if (c.data.length !== 1) return undefined;
    const factor = c.data[0] as number;
    if (op === 'Mul') return this.scale(x, factor);
    if (op === 'Div' && left && factor !== 0) return this.scale(x, 1 / factor);
    return undefined;
  }

  private scale(x: Dynamic, factor: number): Dynamic {
    const { of, by } = x.scaled ?? { of: x, by: 1 };
    return this.times(of, by * factor);
  }

  private times(x: Dynamic, by: number): Dynamic {
    if (Math.abs(by - 1) < 1e-6) return x;
    const factor = this.weight(constant('float', [], [by]));
    return { ...this.inPlaceOf(x, 'Mul', [x.ref, factor]), scaled: { of: x, by } };
  }

  private elementwise(op: string, a: Value, b: Value, shape: Shape): Dynamic {
    const layouts = [a, b].filter((value) => value.kind === 'dynamic').map((value) => value.layout);
    if (layouts.includes('channels-first') && shape.length === 4) {
      const side = (value: Value) => this.channelsFirst(this.fourDimensions(value));
      const physical = [0, 3, 1, 2].map((axis) => shape[axis] as number);
      return this.emit(op, [side(a), side(b)], physical, { layout: 'channels-first', logical: shape });
    }
    return this.emit(op, [this.plain(a), this.plain(b)], shape);
  }

  private fourDimensions(value: Value): Value {
    if (value.shape.length === 4) return value;
    const shape = [...new Array<number>(4 - value.shape.length).fill(1), ...value.shape];
    return value.kind === 'constant' ? reshaped(value, shape) : this.reshape(value, shape);
  }

  reshape(x: Value, wanted: readonly number[]): Value {
    const count = elements(x.shape);
    const open = wanted.indexOf(-1);
    const rest = wanted.reduce((product, size, at) => (at === open ? product : product * size), 1);
    const shape = wanted.map((size, at) => (at === open ? count / rest : size));
    if (elements(shape) !== count) throw this.invalid(`[${x.shape}] cannot become [${wanted}].`);
    if (x.kind === 'constant') return reshaped(x, shape);
    if (shape.join() === x.shape.join()) return x;
    const flat = shape.length === 2 && shape[0] === x.shape[0];
    if (x.layout === 'channels-first' && flat) {
      const [, h, w, c] = x.shape as [number, number, number, number];
      const ref = this.reshapeTo(x.ref, shape);
      const plain = c === 1 || h * w === 1;
      return {
        kind: 'dynamic',
        ref,
        shape,
        ...(plain ? { layout: 'plain' } : { layout: 'flat-channels-first', image: x.shape }),
      };
    }
    return { kind: 'dynamic', ref: this.reshapeTo(this.plain(x), shape), shape, layout: 'plain' };
  }

  transpose(x: Value, permutation: readonly number[]): Value {
    const perm = permutation.map((axis) => this.axis(axis, x.shape.length));
    if (perm.length !== x.shape.length || new Set(perm).size !== perm.length)
      throw this.invalid(`permutation [${permutation}].`);
    if (x.kind === 'constant') return this.fold(transposed(x, perm));
    const shape = perm.map((axis) => x.shape[axis] as number);
    const order = perm.join();
    // Between N,H,W,C and N,C,H,W a change of name is enough: the value stays where it lies.
    if (x.layout === 'channels-first' && order === '0,3,1,2')
      return { kind: 'dynamic', ref: x.ref, shape, layout: 'plain' };
    if (x.layout === 'plain' && order === '0,2,3,1')
      return { kind: 'dynamic', ref: x.ref, shape, layout: 'channels-first' };
    const moved = perm.filter((axis) => x.shape[axis] !== 1);
    if (moved.every((axis, at) => at === 0 || axis > (moved[at - 1] as number))) return this.reshape(x, shape);
    return this.emit('Transpose', [this.plain(x)], shape, { attributes: { perm } });
  }

  /** Rank 4 values of which one lies channels-first keep lying so; `along` is the axis in that order. */
  private inOrder(values: readonly Value[], axis: number): { refs: string[]; along: number; first: boolean } {
    const first =
      values[0]?.shape.length === 4 &&
      values.some((value) => value.kind === 'dynamic' && value.layout === 'channels-first');
    return {
      refs: values.map((value) => (first ? this.channelsFirst(value) : this.plain(value))),
      along: first ? (channelsFirstAxis[axis] as number) : axis,
      first,
    };
  }

  private inPlace(
    op: string,
    inputs: readonly string[],
    shape: Shape,
    first: boolean,
    attributes: Record<string, Attribute>,
  ) {
    if (!first) return this.emit(op, inputs, shape, { attributes });
    const physical = [0, 3, 1, 2].map((axis) => shape[axis] as number);
    return this.emit(op, inputs, physical, { attributes, layout: 'channels-first', logical: shape });
  }

  concat(values: readonly Value[], wanted: number): Value {
    const [head] = values;
    if (head === undefined) throw this.invalid('it joins nothing.');
    const axis = this.axis(wanted, head.shape.length);
    const fits = (value: Value) =>
      value.shape.length === head.shape.length &&
      value.shape.every((size, at) => at === axis || size === head.shape[at]);
    if (!values.every(fits))
      throw this.invalid(`shapes ${values.map((value) => `[${value.shape}]`).join(', ')} do not join.`);
    if (values.length === 1) return head;
    const known = values.filter((value) => value.kind === 'constant');
    if (known.length === values.length) return this.fold(concatenated(known, axis));
    const shape = head.shape.map((size, at) =>
      at === axis ? values.reduce((sum, value) => sum + (value.shape[axis] as number), 0) : size,
    );
    elements(shape);
    const { refs, along, first } = this.inOrder(values, axis);
    return this.inPlace('Concat', refs, shape, first, { axis: along });
  }

  stack(values: readonly Value[], wanted: number): Value {
    const rank = (values[0]?.shape.length ?? 0) + 1;
    const axis = this.axis(wanted, rank);
    const raised = values.map((value) => this.reshape(value, value.shape.toSpliced(axis, 0, 1)));
    const joined = this.concat(raised, axis);
    return joined.kind === 'constant' ? joined : { ...joined, stack: { values, axis } };
  }

  /** `counts` elements from `starts`, each `steps` apart; steps are not 0 and all lies inside. */
  slice(x: Value, starts: Shape, counts: Shape, steps: readonly number[]): Value {
    starts.forEach((start, axis) => {
      const last = start + ((counts[axis] as number) - 1) * (steps[axis] as number);
      const size = x.shape[axis] as number;
      if ((counts[axis] as number) > 0 && (start < 0 || start >= size || last < 0 || last >= size)) {
        throw this.invalid(`it reads outside of [${x.shape}].`);
      }
    });
    if (x.kind === 'constant') return this.fold(sliced(x, starts, counts, steps));
    if (counts.join() === x.shape.join() && steps.every((step) => step === 1)) return x;
    if (counts.some((count) => count === 0)) throw this.unsupported('it gives an empty tensor.');
    const axis = counts.findIndex((count, at) => count !== x.shape[at]);
    if (
      x.stack !== undefined &&
      axis === x.stack.axis &&
      counts[axis] === 1 &&
      counts.every((c, at) => at === axis || c === x.shape[at])
    ) {
      return this.reshape(x.stack.values[starts[axis] as number] as Value, counts);
    }
    const ends = starts.map((start, at) => start + (counts[at] as number) * (steps[at] as number));
    // An end below zero would count from the back: past the front is meant.
    const inputs = [starts, ends.map((end) => (end < 0 ? -(2 ** 31) : end)), starts.map((_, at) => at), steps];
    return this.emit('Slice', [this.plain(x), ...inputs.map((list) => this.weight(ints(list)))], counts);
  }

  split(x: Value, sizes: readonly number[], wanted: number): Value[] {
    const axis = this.axis(wanted, x.shape.length);
    if (sizes.reduce((sum, size) => sum + size, 0) !== x.shape[axis])
      throw this.invalid(`[${x.shape}] is not split into ${sizes}.`);
    let from = 0;
    return sizes.map((size) => {
      const starts = x.shape.map((_, at) => (at === axis ? from : 0));
      from += size;
      const counts = x.shape.map((count, at) => (at === axis ? size : count));
      return this.slice(
        x,
        starts,
        counts,
        x.shape.map(() => 1),
      );
    });
  }

  tile(x: Value, repeats: readonly number[]): Value {
    if (
      repeats.length !== x.shape.length ||
      repeats.some((times) => !Number.isInteger(times) || times < 1 || times > 4096)
    ) {
      throw this.invalid(`repeats [${repeats}] do not fit [${x.shape}].`);
    }
    const shape = x.shape.map((size, axis) => size * (repeats[axis] as number));
    elements(shape);
    if (x.kind === 'dynamic') return this.emit('Tile', [this.plain(x), this.weight(ints(repeats))], shape);
    return repeats.reduce<Constant>(
      (tiled, times, axis) =>
        times === 1 ? tiled : this.fold(concatenated(new Array<Constant>(times).fill(tiled), axis)),
      x,
    );
  }

  pad(x: Value, before: readonly number[], after: readonly number[], value: number): Value {
    const amounts = [...before, ...after];
    if (amounts.length !== 2 * x.shape.length || amounts.some((amount) => !Number.isInteger(amount) || amount < 0)) {
      throw this.invalid(`padding [${before}], [${after}] does not fit [${x.shape}].`);
    }
    if (amounts.every((amount) => amount === 0)) return x;
    if (x.kind === 'constant') throw this.unsupported('on a constant.');
    const shape = x.shape.map((size, axis) => (before[axis] as number) + size + (after[axis] as number));
    const { refs, first } = this.inOrder([x], 0);
    const order = (list: readonly number[]) => (first ? [0, 3, 1, 2].map((axis) => list[axis] as number) : list);
    const inputs = [
      ...refs,
      this.weight(ints([...order(before), ...order(after)])),
      this.weight(constant('float', [], [value])),
    ];
    return this.inPlace('Pad', inputs, shape, first, { mode: 'constant' });
  }

  /** `op` is ReduceMean, ReduceMax, ReduceMin or ReduceSum. */
  reduce(op: string, x: Value, wanted: readonly number[], keep: boolean): Value {
    const axes = [...new Set(wanted.map((axis) => this.axis(axis, x.shape.length)))].sort((a, b) => a - b);
    if (x.kind === 'constant') return this.reduceConstant(op, x, axes, keep);
    const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const { refs, first } = this.inOrder([x], 0);
    const along = first ? axes.map((axis) => channelsFirstAxis[axis] as number).sort((a, b) => a - b) : axes;
    // From opset 13 on the sum takes its axes as an input, the others as an attribute until 18.
    const reduced =
      op === 'ReduceSum'
        ? this.inPlace(op, [...refs, this.weight(ints(along))], kept, first, { keepdims: 1 })
        : this.inPlace(op, refs, kept, first, { axes: along, keepdims: 1 });
    return keep
      ? reduced
      : this.reshape(
          reduced,
          x.shape.filter((_, axis) => !axes.includes(axis)),
        );
  }

  private reduceConstant(op: string, x: Constant, axes: readonly number[], keep: boolean): Constant {
    if (axes.length !== x.shape.length) throw this.unsupported('over some axes of a constant.');
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
    if (result === undefined) throw this.unsupported('on a constant.');
    return constant(x.type, keep ? x.shape.map(() => 1) : [], [result()]);
  }

  clip(x: Value, low: number, high: number): Value {
    const bounds = [low, high].map((bound) => constant('float', [], [bound]));
    if (x.kind === 'constant')
      return this.binary('Min', this.binary('Max', x, bounds[0] as Constant), bounds[1] as Constant);
    return this.inPlaceOf(x, 'Clip', [x.ref, ...bounds.map((bound) => this.weight(bound))]);
  }

  floorDivision(a: Value, b: Value): Value {
    if (a.kind === 'constant' && b.kind === 'constant') return this.binary('FloorDiv', a, b);
    return this.unary('Floor', this.binary('Div', a, b));
  }

  softmax(x: Value, wanted: number): Value {
    if (x.kind === 'constant') throw this.unsupported('on a constant.');
    const axis = this.axis(wanted, x.shape.length);
    const { refs, along, first } = this.inOrder([x], axis);
    return this.inPlace('Softmax', refs, x.shape, first, { axis: along });
  }

  cast(x: Value, to: 'float' | 'int'): Value {
    if (x.kind === 'constant') return constant(to, x.shape, to === 'int' ? Array.from(x.data, Math.trunc) : x.data);
    if (to === 'float') return x;
    throw this.unsupported('it turns an observation into integers, which no policy does.');
  }
}
