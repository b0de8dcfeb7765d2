import { PitwallError } from '@pitwall/protocol';
import { isSavedModel, savedModelAdvice } from '../../archive/index.js';
import {
  type Constant,
  constant,
  countOf,
  halfToFloat,
  type Stored,
  storedBytes,
  storedNumbers,
} from '../../graph/index.js';
import { decodeMessage } from '../protobuf-message.js';
import {
  type AttributeMessage,
  dataTypes,
  GraphDef,
  type GraphMessage,
  type Int64,
  SavedModel,
  type SavedModelMessage,
  type TensorMessage,
  type TensorShapeMessage,
} from './schema.js';

export interface Input {
  readonly node: string;
  readonly port: number;
}

/** One operation of a TensorFlow graph. */
export interface Node {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly Input[];
  readonly attributes: ReadonlyMap<string, AttributeMessage>;
}

export interface Graph {
  readonly nodes: ReadonlyMap<string, Node>;
  /** GraphDef version of the TensorFlow that wrote it (1.11: 26). */
  readonly producer: number;
}

const maxNodes = 50_000;

/** @throws PitwallError `graph-invalid` when the bytes are no GraphDef. */
export function decodeGraph(bytes: Uint8Array): Graph {
  let message: GraphMessage;
  try {
    message = isSavedModel(bytes) ? graphInside(bytes) : decodeMessage<GraphMessage>(GraphDef, bytes);
  } catch (cause) {
    if (cause instanceof PitwallError) throw cause;
    throw new PitwallError('graph-invalid', 'The .pb file is not a TensorFlow graph. Export the model again.', {
      cause,
    });
  }
  if (message.node.length === 0) {
    throw new PitwallError('graph-invalid', 'The .pb file holds no operations; it is not a frozen TensorFlow graph.');
  }
  if (message.node.length > maxNodes) {
    throw new PitwallError(
      'graph-too-large',
      `The graph has ${message.node.length} nodes; at most ${maxNodes} are read.`,
    );
  }
  const nodes = new Map<string, Node>();
  for (const { name, op, input = [], attr = {} } of message.node) {
    if (nodes.has(name)) throw new PitwallError('graph-invalid', `The graph has two nodes named "${name}".`);
    const inputs = input.filter((text) => !text.startsWith('^')).map(readInput);
    nodes.set(name, { name, op, inputs, attributes: new Map(Object.entries(attr)) });
  }
  return { nodes, producer: message.versions?.producer ?? 0 };
}

/** What calls a function, or reads a weight that lies in a file of its own. */
const elsewhere = /^(?:Stateful)?PartitionedCall$|^Var(?:iable|iableV2|HandleOp)$|^ReadVariableOp$|^RestoreV2$/;

/** A SavedModel's one graph, where its weights are in it. */
function graphInside(bytes: Uint8Array): GraphMessage {
  const unread = (why: string, cause?: unknown) =>
    new PitwallError('graph-unsupported', `The file is a TensorFlow SavedModel ${why} ${savedModelAdvice}`, { cause });
  let graphs: readonly (GraphMessage | null | undefined)[];
  try {
    graphs = decodeMessage<SavedModelMessage>(SavedModel, bytes).meta_graphs.map((one) => one.graph_def);
  } catch (cause) {
    throw unread('that is damaged.', cause);
  }
  const [graph] = graphs;
  if (graph != null && graphs.length === 1 && !graph.node.some(({ op }) => elsewhere.test(op))) return graph;
  throw unread('that is not frozen: its weights are not in it.');
}

function readInput(text: string): Input {
  const colon = text.lastIndexOf(':');
  const port = colon < 0 ? 0 : Number(text.slice(colon + 1));
  return Number.isInteger(port) && port >= 0 && colon >= 0
    ? { node: text.slice(0, colon), port }
    : { node: text, port: 0 };
}

/** The nodes that `output` needs, each after those it needs itself. Everything else is cut away here. */
export function neededFor(graph: Graph, output: string): Node[] {
  const order: Node[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const stack: { node: Node; next: number }[] = [{ node: find(graph, output, output), next: 0 }];
  state.set(output, 'open');
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const input = top.node.inputs[top.next];
    top.next += 1;
    if (input === undefined) {
      state.set(top.node.name, 'done');
      order.push(top.node);
      stack.pop();
    } else if (state.get(input.node) === 'open') {
      throw new PitwallError('graph-unsupported', `The graph runs in a circle through node "${input.node}".`);
    } else if (!state.has(input.node)) {
      state.set(input.node, 'open');
      stack.push({ node: find(graph, input.node, top.node.name), next: 0 });
    }
  }
  return order;
}

function find(graph: Graph, name: string, by: string): Node {
  const node = graph.nodes.get(name);
  if (node === undefined)
    throw new PitwallError('graph-invalid', `Node "${by}" needs node "${name}", which the graph does not have.`);
  return node;
}

export const toNumber = (value: Int64 | undefined): number =>
  value === undefined ? 0 : typeof value === 'number' ? value : value.toNumber();

/** @returns undefined when the rank is unknown; −1 for an unknown size. */
export function readShape(shape: TensorShapeMessage | null | undefined): number[] | undefined {
  if (shape == null || shape.unknown_rank === true) return undefined;
  return (shape.dim ?? []).map((dim) => toNumber(dim.size));
}

const floatTypes: readonly number[] = [dataTypes.float, dataTypes.double, dataTypes.half];
/** The types that a policy may hold. */
const storedAs: ReadonlyMap<number, Stored> = new Map([
  [dataTypes.float, 'float32'],
  [dataTypes.double, 'float64'],
  [dataTypes.half, 'float16'],
  [dataTypes.int32, 'int32'],
  [dataTypes.int64, 'int64'],
  [dataTypes.bool, 'byte'],
  [dataTypes.uint8, 'byte'],
]);

/** A Const's tensor; a list shorter than its shape repeats its last value, bytes must be all there. @returns undefined for types no policy uses. */
export function readTensor(
  tensor: TensorMessage,
  node: string,
  charge: (elements: number) => void,
): Constant | undefined {
  const dtype = tensor.dtype ?? 0;
  const stored = storedAs.get(dtype);
  if (stored === undefined) return undefined;
  const shape = readShape(tensor.tensor_shape) ?? [];
  const type = floatTypes.includes(dtype) ? 'float' : 'int';
  const count = countOf(type, shape);
  charge(count);
  const content = tensor.tensor_content;
  const whole = content !== undefined && content.length > 0;
  const values = whole ? storedNumbers(content, stored) : listed(tensor, dtype);
  if (whole ? content.length !== count * storedBytes[stored] : values.length > count) {
    const held = whole ? `${content.length} bytes` : `${values.length} values`;
    throw new PitwallError('graph-invalid', `Constant "${node}" of shape [${shape}] holds ${held}.`);
  }
  if (values.length === count) return constant(type, shape, values);
  const filled = type === 'float' ? new Float32Array(count) : new Float64Array(count);
  filled.fill(values.length === 0 ? 0 : (values[values.length - 1] as number));
  filled.set(values);
  return constant(type, shape, filled);
}

function listed(tensor: TensorMessage, dtype: number): ArrayLike<number> {
  if (dtype === dataTypes.float) return tensor.float_val ?? [];
  if (dtype === dataTypes.double) return tensor.double_val ?? [];
  if (dtype === dataTypes.half) return (tensor.half_val ?? []).map(halfToFloat);
  if (dtype === dataTypes.int64) return (tensor.int64_val ?? []).map(toNumber);
  if (dtype === dataTypes.bool) return (tensor.bool_val ?? []).map(Number);
  return tensor.int_val ?? [];
}
