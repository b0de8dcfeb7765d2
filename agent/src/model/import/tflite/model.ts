import { PitwallError } from '@pitwall/protocol';
import { Table } from './flatbuffer.js';

/** tensorflow/lite/schema/schema.fbs, TensorType. */
export const tensorTypes = { float32: 0, float16: 1, int32: 2, uint8: 3, int64: 4, bool: 6 } as const;

export interface TfliteTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  /** Empty: computed when the network runs. */
  readonly data: Uint8Array;
}
export interface TfliteOperator {
  readonly code: number;
  readonly version: number;
  /** Of a custom operation. */
  readonly custom: string;
  /** Positions in the list of tensors; −1 for an input left out. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: Table | undefined;
}
export interface TfliteModel {
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  readonly inputs: readonly number[];
  /** Which tensors, by the names of their signature where the file has one, else by their own. The order says nothing. */
  readonly outputs: readonly { readonly name: string; readonly at: number }[];
}

const model = { codes: 1, subgraphs: 2, buffers: 4, signatures: 7 };
const operatorCode = { oldCode: 0, custom: 1, version: 2, code: 3 };
const subgraph = { tensors: 0, inputs: 1, outputs: 2, operators: 3 };
const tensor = { shape: 0, type: 1, buffer: 2, name: 3, sparsity: 6 };
const operator = { opcode: 0, inputs: 1, outputs: 2, options: 4 };
const signature = { outputs: 1 };
const tensorMap = { name: 0, tensor: 1 };

/** @throws PitwallError `graph-invalid`, `graph-unsupported`, `graph-too-large`. */
export function readTflite(bytes: Uint8Array): TfliteModel {
  try {
    return read(Table.root(bytes, 'TFL3'));
  } catch (cause) {
    if (cause instanceof PitwallError) throw cause;
    throw new PitwallError(
      'graph-invalid',
      'The .tflite file is damaged: it points outside of itself. Export the model again.',
      { cause },
    );
  }
}

/** A second graph is the inside of a loop or a condition, as TensorFlow converts recurrent layers: schema.fbs, WhileOptions, IfOptions */
function looped(graph: Table, inside: number): PitwallError {
  const tensors = graph.tables(subgraph.tensors);
  const inputs = graph.ints(subgraph.inputs).flatMap((at) => tensors[at] ?? []);
  const sequence = inputs.find((table) => table.ints(tensor.shape).length === 5);
  return new PitwallError(
    'graph-unsupported',
    sequence === undefined
      ? `The .tflite file has ${inside} graphs inside its network: it loops or chooses, as recurrent layers do. Export a model without them.`
      : `The network takes ${sequence.text(tensor.name)} [${sequence.ints(tensor.shape)}], several frames at once; a policy sees one.`,
  );
}

function read(root: Table): TfliteModel {
  const [graph, ...others] = root.tables(model.subgraphs);
  if (graph === undefined) throw new PitwallError('graph-invalid', 'The .tflite file holds no network.');
  if (others.length > 0) throw looped(graph, others.length);
  const codes = root.tables(model.codes);
  const buffers = root.tables(model.buffers);
  const tensors = graph.tables(subgraph.tensors).map((table): TfliteTensor => {
    const name = table.text(tensor.name);
    if (table.table(tensor.sparsity) !== undefined)
      throw new PitwallError('graph-unsupported', `Tensor "${name}" is stored sparsely.`);
    return {
      name,
      shape: table.ints(tensor.shape),
      type: table.byte(tensor.type),
      data: buffers[table.int(tensor.buffer)]?.bytes(0) ?? new Uint8Array(),
    };
  });
  const operators = graph.tables(subgraph.operators).map((table): TfliteOperator => {
    const code = codes[table.int(operator.opcode)];
    if (code === undefined)
      throw new PitwallError('graph-invalid', 'The .tflite file uses an operation that it does not list.');
    return {
      // Files from before 2020 have the first field only.
      code: Math.max(code.byte(operatorCode.oldCode), code.int(operatorCode.code)),
      version: code.int(operatorCode.version, 1),
      custom: code.text(operatorCode.custom),
      inputs: table.ints(operator.inputs),
      outputs: table.ints(operator.outputs),
      options: table.table(operator.options),
    };
  });
  return { tensors, operators, inputs: graph.ints(subgraph.inputs), outputs: outputs(root, graph, tensors) };
}

function outputs(root: Table, graph: Table, tensors: readonly TfliteTensor[]): TfliteModel['outputs'] {
  const own = graph.ints(subgraph.outputs);
  const [signed] = root.tables(model.signatures);
  const named = (signed?.tables(signature.outputs) ?? []).map((map) => ({
    name: map.text(tensorMap.name),
    at: map.int(tensorMap.tensor),
  }));
  const complete = named.length === own.length && own.every((at) => named.some((one) => one.at === at));
  return complete ? named : own.map((at) => ({ name: tensors[at]?.name ?? '', at }));
}
