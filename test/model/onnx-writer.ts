/** Bytes of a protocol buffer: each field is a number with a wire type, then its value. protobuf.dev/programming-guides/encoding */
type Field = Buffer;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}
const number = (field: number, value: number): Field => Buffer.concat([varint(field << 3), varint(value)]);
const bytes = (field: number, value: Uint8Array | string): Field => {
  const content = Buffer.from(value as string);
  return Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);
};
const message = (field: number, parts: readonly Field[]): Field => bytes(field, Buffer.concat(parts));
const float = (field: number, value: number): Field => {
  const content = Buffer.alloc(4);
  content.writeFloatLE(value);
  return Buffer.concat([varint((field << 3) | 5), content]);
};

type Attribute = number | string | readonly number[];
/** A size, or the name of one that the exporter left open. */
export type Dimension = number | string;
interface Port {
  readonly name: string;
  /** Absent: the exporter says nothing of it. */
  readonly shape?: readonly Dimension[] | undefined;
  /** TensorProto.DataType; absent: float32. */
  readonly type?: number;
}

/** Writes `.onnx` files (onnx/onnx.proto3) as PyTorch's exporter lays them out; what it is told to write need not make sense. */
export class OnnxWriter {
  private readonly nodes: Field[] = [];
  private readonly weights: Field[] = [];
  private readonly inputs: Field[] = [];
  private readonly outputs: Field[] = [];

  input(port: Port): string {
    this.inputs.push(portOf(11, port));
    return port.name;
  }

  output(port: Port): void {
    this.outputs.push(portOf(12, port));
  }

  weight(name: string, shape: readonly number[], values: Float32Array | BigInt64Array | Uint16Array): string {
    const type = values instanceof BigInt64Array ? 7 : values instanceof Uint16Array ? 10 : 1;
    const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const dims = shape.map((size) => number(1, size));
    this.weights.push(message(5, [...dims, number(2, type), bytes(8, name), bytes(9, raw)]));
    return name;
  }

  node(
    op: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    const parts = [...inputs.map((name) => bytes(1, name)), bytes(2, output), bytes(3, output), bytes(4, op)];
    this.nodes.push(message(1, [...parts, ...Object.entries(attributes).map(attributeOf)]));
    return output;
  }

  finish({ opset = 17, ir = 8 }: { opset?: number; ir?: number } = {}): Uint8Array {
    const graph = [...this.nodes, bytes(2, 'main_graph'), ...this.weights, ...this.inputs, ...this.outputs];
    const imported = message(8, [bytes(1, ''), number(2, opset)]);
    return Buffer.concat([number(1, ir), bytes(2, 'pytorch'), message(7, graph), imported]);
  }
}

function attributeOf([name, value]: [string, Attribute]): Field {
  const typed =
    typeof value === 'string'
      ? [bytes(4, value), number(20, 3)]
      : typeof value === 'number'
        ? Number.isInteger(value)
          ? [number(3, value), number(20, 2)]
          : [float(2, value), number(20, 1)]
        : [...value.map((one) => number(8, one)), number(20, 7)];
  return message(5, [bytes(1, name), ...typed]);
}

function portOf(field: number, { name, shape, type = 1 }: Port): Field {
  const dims = shape?.map((size) => message(1, [typeof size === 'number' ? number(1, size) : bytes(2, size)]));
  const tensor = [number(1, type), ...(dims === undefined ? [] : [message(2, dims)])];
  return message(field, [bytes(1, name), message(2, [message(1, tensor)])]);
}
