import protobuf from 'protobufjs';
import type { Attribute, Constant, Network, TensorInfo } from '../../graph/index.js';
import { attributeTypes, GraphProto, ModelProto, TensorProto, tensorTypes } from './schema.js';

/** Attributes that ONNX wants as a float even where the value is whole. */
const floatAttributes = new Set(['alpha', 'beta', 'epsilon', 'gamma']);

/** Field numbers of what is put together by hand: GraphProto.initializer, TensorProto.raw_data, ModelProto.graph. */
const fields = { initializer: 5, rawData: 9, graph: 7 } as const;

/**
 * The network as an ONNX file, opset 17, IR version 8, in pieces to be written one after the other: the weights are never
 * copied. Equal networks give equal bytes.
 */
export function* writeOnnx(network: Network): Generator<Uint8Array> {
  const graph = GraphProto.encode({
    name: 'policy',
    node: network.layers.map((layer) => ({
      name: layer.output,
      op_type: layer.op,
      input: layer.inputs,
      output: [layer.output],
      attribute: Object.entries(layer.attributes).map(([name, value]) => attribute(name, value)),
    })),
    input: network.inputs.map(tensor(network)),
    output: network.outputs.map(tensor(network)),
  }).finish();
  const initializers = [...network.weights].map(([name, value]) => initializer(name, value));
  const length = initializers.reduce((sum, { head, data }) => sum + head.length + data.byteLength, graph.length);
  yield ModelProto.encode({
    ir_version: 8,
    opset_import: [{ domain: '', version: 17 }],
    producer_name: 'pitwall',
  }).finish();
  yield opening(fields.graph, length);
  yield graph;
  for (const { head, data } of initializers) {
    yield head;
    yield bytes(data);
  }
}

/** A weight and everything that stands before its bytes in the graph. */
function initializer(name: string, { type, shape, data }: Constant) {
  const isFloat = type === 'float';
  const numbers = isFloat ? (data as Float32Array) : BigInt64Array.from(data, BigInt);
  const about = TensorProto.encode({
    name,
    dims: shape,
    data_type: isFloat ? tensorTypes.float : tensorTypes.int64,
  }).finish();
  const raw = opening(fields.rawData, numbers.byteLength);
  const whole = opening(fields.initializer, about.length + raw.length + numbers.byteLength);
  return { head: Buffer.concat([whole, about, raw]), data: numbers };
}

/** How a field of so many bytes begins: its number with wire type 2, and its length. */
const opening = (field: number, length: number): Uint8Array =>
  protobuf.Writer.create()
    .uint32((field << 3) | 2)
    .uint32(length)
    .finish();

const tensor =
  ({ batch }: Network) =>
  ({ name, shape }: TensorInfo) => {
    const dim = shape.map((size, axis) =>
      batch === 'any' && axis === 0 ? { dim_param: 'observations' } : { dim_value: size },
    );
    return { name, type: { tensor_type: { elem_type: tensorTypes.float, shape: { dim } } } };
  };

function attribute(name: string, value: Attribute) {
  if (typeof value === 'string') return { name, type: attributeTypes.string, s: Buffer.from(value) };
  if (typeof value !== 'number') return { name, type: attributeTypes.ints, ints: value };
  if (floatAttributes.has(name)) return { name, type: attributeTypes.float, f: value };
  return { name, type: attributeTypes.int, i: value };
}

const bytes = (data: Float32Array | BigInt64Array) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
