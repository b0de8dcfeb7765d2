import { PitwallError } from '@pitwall/protocol';
import type { Network, Value } from '../../graph/index.js';
import { Lowering, roleOf } from '../../graph/index.js';
import { chosenFrom } from './chosen-action.js';
import { imageShape } from './image-shape.js';
import { operations } from './operations.js';
import { type NodeMessage, type OnnxGraph, readOnnx, readTensor, toNumber } from './read.js';
import { tensorTypes } from './schema.js';

/**
 * A foreign `.onnx` network, rebuilt operation by operation from a whitelist with all shapes known: the native runtime
 * never sees the foreign file itself.
 * @throws PitwallError `graph-invalid`, `graph-unsupported` (names op, node and version) or `graph-too-large`.
 */
export function importOnnx(bytes: Uint8Array): Network {
  const { graph, opset } = readOnnx(bytes);
  const lowering = new Lowering();
  const charge = (count: number) => lowering.charge(count);
  const values = new Map<string, Value>();
  for (const tensor of graph.initializer) values.set(tensor.name, readTensor(tensor, charge));
  const nodes = neededNodes(graph);
  // Exporters list what only training needs, of types that no policy takes.
  const used = new Set(nodes.flatMap((node) => node.input));
  for (const tensor of graph.input)
    if (!values.has(tensor.name) && used.has(tensor.name))
      values.set(tensor.name, networkInput(lowering, tensor, graph, opset));
  const failed = new Map<string, PitwallError>();
  for (const node of nodes) {
    lowering.where = { op: node.op_type, node: node.name || (node.output[0] ?? ''), version: `opset ${opset}` };
    const failure = node.input.map((name) => failed.get(name)).find((error) => error !== undefined);
    try {
      if (failure !== undefined) throw failure;
      lowerNode(lowering, node, opset, values);
    } catch (error) {
      if (!(error instanceof PitwallError) || error.code !== 'graph-unsupported') throw error;
      for (const name of node.output) failed.set(name, error);
    }
  }
  const chosen = new Map(graph.output.map(({ name }) => [name, values.get(chosenFrom(graph, name) ?? '')] as const));
  const missed = graph.output.filter(({ name }) => failed.has(name) && chosen.get(name) === undefined);
  const wanted =
    missed.find((tensor) => !isBeside(tensor)) ?? (missed.length === graph.output.length ? missed[0] : undefined);
  const failure = wanted === undefined ? undefined : failed.get(wanted.name);
  if (failure !== undefined) throw failure;
  const read = graph.output.filter((tensor) => !missed.includes(tensor));
  return lowering.finish(
    read.map(({ name }) => {
      const choices = chosen.get(name);
      return choices === undefined ? { name, value: values.get(name) } : { name, value: choices, end: 'ArgMax' };
    }),
  );
}

function lowerNode(lowering: Lowering, node: NodeMessage, opset: number, values: Map<string, Value>): void {
  const operation = node.domain === '' || node.domain === 'ai.onnx' ? operations.get(node.op_type) : undefined;
  if (operation === undefined) throw lowering.unsupported('not supported in a policy.');
  const inputs = node.input.map((name) => {
    if (name === '') return undefined;
    const value = values.get(name);
    if (value === undefined) throw lowering.invalid(`it needs "${name.slice(0, 80)}" before it is there.`);
    return value;
  });
  const results = operation({ lowering, node, opset, inputs });
  const listed = Array.isArray(results) ? (results as readonly Value[]) : [results as Value];
  node.output.forEach((name, at) => {
    const value = listed[at];
    if (value !== undefined) values.set(name, value);
  });
}

/**
 * What actors are exported with and no car needs, such as the logarithm of a sample's probability: it may be computed in
 * whatever way. By its name, or because it is a single number, which is no continuous action and no choice.
 */
function isBeside({ name, type }: OnnxGraph['output'][number]): boolean {
  const role = roleOf({ name, called: name, shape: [] });
  if (role === 'value' || role === 'log-probability' || role === 'state' || role === 'spread') return true;
  const dims = type?.tensor_type?.shape?.dim;
  return role === 'unknown' && dims !== undefined && dims.slice(1).every((dim) => toNumber(dim.dim_value) === 1);
}

/** Nodes that an output depends on; ONNX wants them in order of execution. */
function neededNodes(graph: OnnxGraph): NodeMessage[] {
  const wanted = new Set(graph.output.map(({ name }) => name));
  const kept = graph.node.toReversed().filter((node) => {
    if (!node.output.some((name) => wanted.has(name))) return false;
    for (const name of node.input) wanted.add(name);
    return true;
  });
  return kept.toReversed();
}

const inputTypes: readonly number[] = [tensorTypes.float, tensorTypes.uint8, tensorTypes.half, tensorTypes.double];

function networkInput(lowering: Lowering, tensor: OnnxGraph['input'][number], graph: OnnxGraph, opset: number): Value {
  lowering.where = { op: 'input', node: tensor.name, version: `opset ${opset}` };
  const type = tensor.type?.tensor_type;
  // A float16 network is computed in float32, which holds all of its numbers.
  if (type?.elem_type !== undefined && type.elem_type !== 0 && !inputTypes.includes(type.elem_type))
    throw lowering.unsupported(`its type is number ${type.elem_type}; a policy takes float32.`);
  const dims = type?.shape?.dim.map((dim) => toNumber(dim.dim_value));
  // A batch of unknown size is a batch of one.
  const closed = dims?.map((size, axis) => (axis === 0 && size <= 0 ? 1 : size));
  const isOpen = closed === undefined || closed.some((size) => size < 1);
  const shape = isOpen ? imageShape(graph, tensor.name, closed) : closed;
  if (shape === undefined && dims === undefined)
    throw lowering.unsupported(
      'its shape is unknown, and it goes into no convolution that would tell. Export it with its shapes.',
    );
  if (shape === undefined || shape[0] !== 1)
    throw lowering.unsupported(
      `its shape is [${dims?.map((size) => (size > 0 ? size : '?'))}]; a policy takes one observation of known size. Export it with fixed sizes, 160 wide and 120 high.`,
    );
  return lowering.input(tensor.name, shape);
}
