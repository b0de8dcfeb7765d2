import { PitwallError } from '@pitwall/protocol';
import { type Constant, elements, type Shape } from './constant.js';

export type Attribute = number | string | readonly number[];

/** One operation as ONNX defines it; images are channels-first. */
export interface Layer {
  readonly op: string;
  /** The name that the model's file gives it. */
  readonly name: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** Of the output. */
  readonly shape: Shape;
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** Multiplications and additions of one run. */
  readonly macs: number;
}

export interface TensorInfo {
  /** In the network as it is written here. */
  readonly name: string;
  readonly shape: Shape;
  /** In the model's own file. */
  readonly called: string;
  /** Of an output: the operation that its numbers come from, whatever changed their shape afterwards. */
  readonly end?: string;
}

/** A network with all shapes known, each for one observation, ready to be written as ONNX. */
export interface Network {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly layers: readonly Layer[];
  readonly weights: ReadonlyMap<string, Constant>;
  /** It takes any number of observations at once, along the first axis; absent: one. */
  readonly batch?: 'any';
}

/** What a network takes and gives. */
export type NetworkTensors = Pick<Network, 'inputs' | 'outputs'>;

/** How many numbers go through it. */
export const tensorSize = (tensor: TensorInfo): number => tensor.shape.reduce((product, length) => product * length, 1);

export interface LayerSummary {
  readonly op: string;
  readonly name: string;
  /** Of the output, images channels-first. */
  readonly shape: Shape;
  readonly macs: number;
  readonly parameters: number;
}

/** The layers without their weights. */
export function summarised({ layers, weights }: Network): LayerSummary[] {
  const parameters = (refs: readonly string[]) =>
    refs.reduce((sum, ref) => sum + (weights.get(ref)?.data.length ?? 0), 0);
  return layers.map(({ op, name, inputs, shape, macs }) => ({
    op,
    name,
    shape,
    macs,
    parameters: op === 'Reshape' ? 0 : parameters(inputs),
  }));
}

/** One run may not cost more: 25 times the largest of the known networks. */
const maxMacs = 4e9;
const maxLayers = 20_000;
const maxActivations = 2 ** 26;

const shapeOnly = new Set(['Reshape', 'Transpose', 'Identity']);

/** Collects layers; `finish` drops what the outputs do not need. */
export class NetworkBuilder {
  private readonly inputs: TensorInfo[] = [];
  private readonly layers = new Map<string, Layer>();
  private readonly weights = new Map<string, Constant>();
  private readonly shapes = new Map<string, Shape>();
  private readonly known = new Map<Constant | string, string>();
  private readonly made = new Map<string, string>();
  private readonly names = new Map<string, number>();

  input(name: string, shape: Shape): string {
    elements(shape);
    const unique = this.unique(name);
    this.inputs.push({ name: unique, shape, called: name });
    this.shapes.set(unique, shape);
    return unique;
  }

  weight(value: Constant, name: string): string {
    // Axes, shapes and factors are the same thing wherever they stand.
    const small = value.data.length <= 16;
    const key = small ? `${value.type} [${value.shape}] ${value.data.join()}` : value;
    const before = this.known.get(key);
    if (before !== undefined) return before;
    const unique = this.unique(name);
    this.weights.set(unique, value);
    this.shapes.set(unique, value.shape);
    this.known.set(key, unique);
    return unique;
  }

  add(
    op: string,
    name: string,
    inputs: readonly string[],
    shape: Shape,
    attributes: Readonly<Record<string, Attribute>> = {},
    macs = 0,
  ): string {
    elements(shape);
    if (this.layers.size >= maxLayers) {
      throw new PitwallError('graph-too-large', `The network has more than ${maxLayers} layers.`);
    }
    // The same of the same: once is enough, and whoever compares names sees that two values are one.
    const key = JSON.stringify([op, inputs, shape, attributes]);
    const before = this.made.get(key);
    if (before !== undefined) return before;
    const output = this.unique(name);
    this.made.set(key, output);
    this.layers.set(output, { op, name, inputs, output, shape, attributes, macs });
    this.shapes.set(output, shape);
    return output;
  }

  layer(output: string): Layer | undefined {
    return this.layers.get(output);
  }

  shape(ref: string): Shape {
    return this.shapes.get(ref) as Shape;
  }

  /** `outputs`: which values, what the model's file calls them, and of what they come where their layer does not tell. */
  finish(
    outputs: readonly { readonly ref: string; readonly name: string; readonly end?: string | undefined }[],
  ): Network {
    const needed = new Set<string>();
    const open = outputs.map(({ ref }) => ref);
    for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
      if (needed.has(ref)) continue;
      needed.add(ref);
      open.push(...(this.layers.get(ref)?.inputs ?? []));
    }
    // The outputs keep the names that the model's file gives them; whatever else is called so gives way.
    const named = new Map<string, string>();
    const taken = new Set([...this.inputs.map(({ name }) => name), ...this.weights.keys()]);
    for (const { ref, name } of outputs) {
      if (!this.layers.has(ref) || named.has(ref)) continue;
      const own = name === '' || taken.has(name) ? this.unique(name) : name;
      taken.add(own);
      named.set(ref, own);
    }
    for (const ref of this.layers.keys()) if (taken.has(ref) && !named.has(ref)) named.set(ref, this.unique(ref));
    const called = (ref: string) => named.get(ref) ?? ref;
    const layers = [...this.layers.values()]
      .filter((layer) => needed.has(layer.output))
      .map((layer) => ({ ...layer, inputs: layer.inputs.map(called), output: called(layer.output) }));
    const macs = layers.reduce((sum, layer) => sum + layer.macs, 0);
    const activations = layers.reduce((sum, layer) => sum + elements(layer.shape), 0);
    if (macs > maxMacs || activations > maxActivations) {
      throw new PitwallError(
        'graph-too-large',
        `One run of the network would take ${(macs / 1e9).toFixed(1)} billion multiplications and ${activations} intermediate values; no car has time for that.`,
      );
    }
    return {
      inputs: this.inputs.filter((tensor) => needed.has(tensor.name)),
      outputs: outputs.map(({ ref, name, end: given }) => {
        const end = given ?? this.endOf(ref);
        return { name: called(ref), shape: this.shape(ref), called: name, ...(end === undefined ? {} : { end }) };
      }),
      layers,
      weights: new Map([...this.weights].filter(([name]) => needed.has(name))),
    };
  }

  private endOf(ref: string): string | undefined {
    const layer = this.layers.get(ref);
    return layer !== undefined && shapeOnly.has(layer.op) ? this.endOf(layer.inputs[0] as string) : layer?.op;
  }

  private unique(wanted: string): string {
    const name = wanted === '' ? 'value' : wanted;
    for (let count = this.names.get(name) ?? 0; ; count += 1) {
      const unique = count === 0 ? name : `${name}:${count}`;
      if (count > 0 && this.names.has(unique)) continue;
      this.names.set(name, count + 1);
      if (count > 0) this.names.set(unique, 1);
      return unique;
    }
  }
}
