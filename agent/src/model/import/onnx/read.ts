import { PitwallError } from '@pitwall/protocol';
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
import { ModelProto, tensorTypes } from './schema.js';

type Int64 = number | { toNumber(): number };
export interface TensorMessage {
  name: string;
  dims: Int64[];
  data_type: number;
  raw_data: Uint8Array;
  float_data: Uint8Array;
  int32_data: number[];
  int64_data: Int64[];
  double_data: number[];
  external_data: unknown[];
  data_location: number;
}
export interface AttributeMessage {
  name: string;
  f: number;
  i: Int64;
  s: Uint8Array;
  t?: TensorMessage | null;
  floats: number[];
  ints: Int64[];
}
export interface NodeMessage {
  name: string;
  op_type: string;
  domain: string;
  input: string[];
  output: string[];
  attribute: AttributeMessage[];
}
interface ValueMessage {
  name: string;
  type?: {
    tensor_type?: { elem_type: number; shape?: { dim: { dim_value: Int64; dim_param: string }[] } | null } | null;
  } | null;
}
export interface ModelMessage {
  opset_import: { domain: string; version: Int64 }[];
  graph?: {
    node: NodeMessage[];
    initializer: TensorMessage[];
    input: ValueMessage[];
    output: ValueMessage[];
  } | null;
}
export type OnnxGraph = NonNullable<ModelMessage['graph']>;

export const toNumber = (value: Int64): number => (typeof value === 'number' ? value : value.toNumber());

const maxNodes = 20_000;
const oldestOpset = 9;
/** 25 and 26 add types and operations of their own and change none that is read here: onnx/docs/Changelog.md */
const newestOpset = 26;

/** @throws PitwallError `graph-invalid` when the bytes are no ONNX model, `graph-unsupported` for its version. */
export function readOnnx(bytes: Uint8Array): { graph: OnnxGraph; opset: number } {
  let message: ModelMessage;
  try {
    message = decodeMessage<ModelMessage>(ModelProto, bytes);
  } catch (cause) {
    throw new PitwallError('graph-invalid', 'The .onnx file is damaged or no ONNX model. Export the model again.', {
      cause,
    });
  }
  const { graph } = message;
  if (graph == null || graph.node.length === 0)
    throw new PitwallError('graph-invalid', 'The .onnx file holds no network.');
  if (graph.node.length > maxNodes)
    throw new PitwallError(
      'graph-too-large',
      `The network has ${graph.node.length} nodes; at most ${maxNodes} are read.`,
    );
  const opset =
    message.opset_import
      .filter(({ domain }) => domain === '' || domain === 'ai.onnx')
      .map(({ version }) => toNumber(version))[0] ?? 0;
  if (opset < oldestOpset || opset > newestOpset) {
    throw new PitwallError(
      'graph-unsupported',
      `The .onnx file uses opset ${opset}; ${oldestOpset} to ${newestOpset} are read. Export it with opset 17.`,
    );
  }
  return { graph, opset };
}

const storedAs: ReadonlyMap<number, Stored> = new Map([
  [tensorTypes.float, 'float32'],
  [tensorTypes.uint8, 'byte'],
  [tensorTypes.int32, 'int32'],
  [tensorTypes.int64, 'int64'],
  [tensorTypes.bool, 'byte'],
  [tensorTypes.half, 'float16'],
  [tensorTypes.double, 'float64'],
]);

/** @throws PitwallError `graph-unsupported` for data outside of the file and for types that no policy uses. */
export function readTensor(tensor: TensorMessage, charge: (elements: number) => void): Constant {
  const { name, data_type: dtype, raw_data: raw } = tensor;
  if (tensor.external_data.length > 0 || tensor.data_location !== 0) {
    throw new PitwallError(
      'graph-unsupported',
      `Tensor "${name}" of the .onnx file lies in another file. Save the model as one file.`,
    );
  }
  const stored = storedAs.get(dtype);
  if (stored === undefined)
    throw new PitwallError(
      'graph-unsupported',
      `Tensor "${name}" of the .onnx file is of type ${dtype}; export the network in float32.`,
    );
  const type =
    dtype === tensorTypes.float || dtype === tensorTypes.half || dtype === tensorTypes.double ? 'float' : 'int';
  const shape = tensor.dims.map(toNumber);
  const count = countOf(type, shape);
  charge(count);
  if (raw.length === 0) return constant(type, shape, listed(tensor));
  if (raw.length !== count * storedBytes[stored])
    throw new PitwallError('graph-invalid', `Tensor "${name}" of shape [${shape}] has ${raw.length} bytes.`);
  return constant(type, shape, storedNumbers(raw, stored));
}

function listed(tensor: TensorMessage): ArrayLike<number> {
  if (tensor.data_type === tensorTypes.float) return storedNumbers(tensor.float_data, 'float32');
  if (tensor.data_type === tensorTypes.double) return tensor.double_data;
  if (tensor.data_type === tensorTypes.int64) return tensor.int64_data.map(toNumber);
  if (tensor.data_type === tensorTypes.half) return tensor.int32_data.map(halfToFloat);
  return tensor.int32_data;
}
