import type { Constant } from '../constant.js';
import type { Attribute, Network, Port } from '../network.js';
import { attributeTypes, ModelProto, tensorTypes } from './schema.js';

/** Attributes that ONNX wants as a float even where the value is whole. */
const floatAttributes = new Set(['alpha', 'beta', 'epsilon', 'gamma']);

/** The network as an ONNX file: opset 17, IR version 8. Equal networks give equal bytes. */
export function writeOnnx(network: Network): Uint8Array {
  return ModelProto.encode({
    ir_version: 8,
    opset_import: [{ domain: '', version: 17 }],
    producer_name: 'pitwall',
    graph: {
      name: 'policy',
      node: network.layers.map((layer) => ({
        name: layer.output,
        op_type: layer.op,
        input: layer.inputs,
        output: [layer.output],
        attribute: Object.entries(layer.attributes).map(([name, value]) => attribute(name, value)),
      })),
      initializer: [...network.weights].map(([name, value]) => tensor(name, value)),
      input: network.inputs.map(port),
      output: network.outputs.map(port),
    },
  }).finish();
}

const port = ({ name, shape }: Port) => ({
  name,
  type: { tensor_type: { elem_type: tensorTypes.float, shape: { dim: shape.map((size) => ({ dim_value: size })) } } },
});

function attribute(name: string, value: Attribute) {
  if (typeof value === 'string') return { name, type: attributeTypes.string, s: Buffer.from(value) };
  if (typeof value !== 'number') return { name, type: attributeTypes.ints, ints: value };
  if (floatAttributes.has(name)) return { name, type: attributeTypes.float, f: value };
  return { name, type: attributeTypes.int, i: value };
}

function tensor(name: string, { type, shape, data }: Constant) {
  if (type === 'float') {
    return { name, dims: shape, data_type: tensorTypes.float, raw_data: bytes(data as Float32Array) };
  }
  return { name, dims: shape, data_type: tensorTypes.int64, raw_data: bytes(BigInt64Array.from(data, BigInt)) };
}

const bytes = (data: Float32Array | BigInt64Array) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
