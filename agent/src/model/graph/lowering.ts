import { PitwallError } from '@pitwall/protocol';
import { type Constant, countOf, type ElementType, filled, ints, type Shape, transposed } from './constant.js';
import { type Attribute, type Network, NetworkBuilder } from './network.js';
import type { Dynamic, Layout, Value } from './value.js';

/** What is being imported, for error messages: one operation of one node, and the version of its format. */
export interface Where {
  readonly op: string;
  readonly node: string;
  readonly version: string;
}

/** Where each axis of N,H,W,C is in N,C,H,W. */
export const channelsFirstAxis = [0, 2, 3, 1];
/** Elements that all constants of a model may have together, and as many again for what is computed from them. */
const constantBudget = 2 ** 26;

/**
 * Where operations, one at a time, become constants where they can be computed now and network layers where not: what
 * is known of the operation at hand, the network so far, and in which order its values lie. The operations themselves
 * are in arithmetic.ts, shaping.ts, reduction.ts and layers.ts.
 */
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

  /** Something computed at import time. */
  fold(result: Constant): Constant {
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

  filled(type: ElementType, shape: Shape, value: number): Constant {
    this.charge(countOf(type, shape));
    return filled(type, shape, value);
  }

  /**
   * The network of these outputs. One that is the same whatever the sensors say (the deviation of a Gaussian policy, say)
   * or that only repeats an input (the state of a network without memory) decides nothing and is left out.
   * @throws PitwallError `graph-invalid` where none is left.
   */
  finish(
    outputs: readonly { readonly name: string; readonly value: Value | undefined; readonly end?: string | undefined }[],
  ): Network {
    const deciding = outputs.flatMap(({ name, value, end }) => {
      if (value === undefined || value.kind === 'constant') return [];
      const ref = this.plain(value);
      return this.network.layer(ref) === undefined ? [] : [{ ref, name, end }];
    });
    if (deciding.length > 0) return this.network.finish(deciding);
    const [first] = outputs;
    throw new PitwallError(
      'graph-invalid',
      first === undefined
        ? 'The network has no output.'
        : `The output "${first.name.slice(0, 80)}" does not depend on any sensor.`,
    );
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

  reshapeTo(ref: string, shape: Shape): string {
    const source = this.network.layer(ref);
    const from = source?.op === 'Reshape' ? (source.inputs[0] as string) : ref;
    if (this.network.shape(from).join() === shape.join()) return from;
    return this.network.add('Reshape', this.where.node, [from, this.weight(ints(shape))], shape);
  }

  private transposeTo(ref: string, shape: Shape, perm: readonly number[]): string {
    return this.network.add('Transpose', this.where.node, [ref], shape, { perm });
  }

  /** A layer that leaves shape and order as they are. */
  inPlaceOf(x: Dynamic, op: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}): Dynamic {
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

  /** Rank 4 values of which one lies channels-first keep lying so; `along` is the axis in that order. */
  inOrder(values: readonly Value[], axis: number): { refs: string[]; along: number; first: boolean } {
    const first =
      values[0]?.shape.length === 4 &&
      values.some((value) => value.kind === 'dynamic' && value.layout === 'channels-first');
    return {
      refs: values.map((value) => (first ? this.channelsFirst(value) : this.plain(value))),
      along: first ? (channelsFirstAxis[axis] as number) : axis,
      first,
    };
  }

  inPlace(op: string, inputs: readonly string[], shape: Shape, first: boolean, attributes: Record<string, Attribute>) {
    if (!first) return this.emit(op, inputs, shape, { attributes });
    const physical = [0, 3, 1, 2].map((axis) => shape[axis] as number);
    return this.emit(op, inputs, physical, { attributes, layout: 'channels-first', logical: shape });
  }
}
