import { PitwallError } from '@pitwall/protocol';
import type { Network, Value } from '../../graph/index.js';
import { Lowering, scalar } from '../../graph/index.js';
import { decodeGraph, type Graph, type Node, neededFor, readShape, readTensor } from './graph.js';
import { operations } from './operations.js';
import { dataTypes } from './schema.js';
import type { Result } from './use.js';

/**
 * What the heads of the known algorithms are called, the surest first; found at any prefix, since scopes differ between
 * exporters. Training tools other than DeepRacer's own know the mean by its own name only.
 */
const heads = [
  /(?:^|\/)(?:ppo_head|sac_policy_head)_\d+\/policy$/,
  /(?:^|\/)(?:ppo_head|sac_policy_head)_\d+\/policy_mean$/,
  /(?:^|\/)ppo_head_\d+\/policy_mean\/BiasAdd$/,
];
/** What a graph holds as long as its weights lie in a checkpoint. */
const unfrozen = new Set(['Variable', 'VariableV2', 'VarHandleOp', 'ReadVariableOp']);

/** Shapes of the known sensors, for graphs whose placeholders leave them open. */
const sensorShapes: ReadonlyMap<string, readonly number[]> = new Map([
  ['observation', [1, 120, 160, 1]],
  ['FRONT_FACING_CAMERA', [1, 120, 160, 1]],
  ['LEFT_CAMERA', [1, 120, 160, 1]],
  ['STEREO_CAMERAS', [1, 120, 160, 2]],
  ['LIDAR', [1, 64]],
  ['SECTOR_LIDAR', [1, 8]],
]);

/**
 * A frozen TensorFlow 1 graph as a network: cut to what the policy's output needs, constants folded, shapes inferred with
 * batch 1, images channels-first.
 * @throws PitwallError `graph-invalid`, `graph-unsupported` (names op, node and version) or `graph-too-large`.
 */
export function importTensorflow(bytes: Uint8Array): Network {
  const graph = decodeGraph(bytes);
  const output = findOutput(graph);
  const lowering = new Lowering();
  const results = new Map<string, readonly Result[]>();
  for (const node of neededFor(graph, output)) {
    lowering.where = { op: node.op, node: node.name, version: `GraphDef version ${graph.producer}` };
    results.set(node.name, lowerNode(lowering, node, results));
  }
  const value = results.get(output)?.[0];
  if (value === 'dead') {
    throw new PitwallError(
      'graph-unsupported',
      `The output "${output}" draws random numbers, as in training; freeze the graph for inference.`,
    );
  }
  if (value === undefined || value.kind === 'constant') {
    throw new PitwallError('graph-invalid', `The output "${output}" does not depend on any sensor.`);
  }
  return lowering.network.finish([{ ref: lowering.plain(value), name: output }]);
}

function lowerNode(lowering: Lowering, node: Node, results: ReadonlyMap<string, readonly Result[]>): readonly Result[] {
  const given = node.inputs.map(({ node: name, port }) => {
    const result = results.get(name)?.[port];
    if (result === undefined) throw lowering.invalid(`node "${name}" has no output ${port}.`);
    return result;
  });
  if (node.op === 'Merge') return [given.find((value) => value !== 'dead') ?? 'dead'];
  // What a dead branch feeds is dead too.
  if (given.includes('dead')) return new Array<Result>(8).fill('dead');
  if (node.op === 'Const') return [readConstant(lowering, node)];
  if (node.op === 'Placeholder') return [placeholder(lowering, node)];
  if (unfrozen.has(node.op))
    throw lowering.unsupported('the graph is not frozen: its weights are not in it. Export the physical car model.');
  const operation = operations.get(node.op);
  if (operation === undefined)
    throw lowering.unsupported('not supported in a policy. Report it with the model if it drives on a stock car.');
  const result = operation({ lowering, node, inputs: given as Value[] });
  return Array.isArray(result) ? result : [result as Value];
}

function readConstant(lowering: Lowering, node: Node): Value {
  const tensor = node.attributes.get('value')?.tensor;
  if (tensor == null) throw lowering.invalid('it has no value.');
  const value = readTensor(tensor, node.name, (count) => lowering.charge(count));
  if (value === undefined) throw lowering.unsupported(`it holds values of TensorFlow type ${tensor.dtype}.`);
  return value;
}

function placeholder(lowering: Lowering, node: Node): Value {
  const sensor = node.name.slice(node.name.lastIndexOf('/') + 1);
  const dtype = node.attributes.get('dtype')?.type ?? dataTypes.float;
  // A frozen graph may keep the switch between training and driving.
  if (dtype === dataTypes.bool) return scalar('int', 0);
  const known = sensorShapes.get(sensor);
  const shape = readShape(node.attributes.get('shape')?.shape) ?? known?.slice();
  const closed = shape?.map((size, axis) => (axis === 0 && size <= 0 ? 1 : size < 0 ? (known?.[axis] ?? size) : size));
  if (closed === undefined || closed.length === 0 || closed.some((size) => size < 1) || closed[0] !== 1) {
    throw lowering.unsupported(`its shape is [${shape ?? 'unknown'}]; a policy takes one observation of known size.`);
  }
  return lowering.input(node.name, closed);
}

function findOutput(graph: Graph): string {
  const names = [...graph.nodes.keys()];
  const named = heads.map((head) => names.filter((name) => head.test(name))).find((list) => list.length > 0) ?? [];
  const [head] = named;
  if (head !== undefined && named.length === 1) return head;
  const online = named.filter((name) => name.includes('/online/'));
  if (online.length === 1) return online[0] as string;
  const used = new Set([...graph.nodes.values()].flatMap((node) => node.inputs.map((input) => input.node)));
  const ends = [...graph.nodes.values()].filter(
    (node) => !used.has(node.name) && !['Const', 'NoOp', 'Placeholder'].includes(node.op),
  );
  if (named.length === 0 && ends.length === 1) return (ends[0] as Node).name;
  const found = (named.length > 0 ? named : ends.map((node) => node.name)).slice(0, 5);
  throw new PitwallError(
    'graph-invalid',
    `The graph has no single policy output such as …/ppo_head_0/policy; candidates: ${found.join(', ') || 'none'}. Export the model again.`,
  );
}
