import { Builder } from 'flatbuffers';

/** A field of an options table: its number, how it is stored, its value. */
export type Option = readonly [field: number, kind: 'int8' | 'int32' | 'float32', value: number];

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  readonly buffer: number;
}
interface Operator {
  readonly code: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: readonly Option[];
}

export const tensorType = { float32: 0, float16: 1, int32: 2, int8: 9 } as const;

/** Writes `.tflite` files (tensorflow/lite/schema/schema.fbs) as TensorFlow's converter lays them out. */
export class TfliteWriter {
  private readonly tensors: Tensor[] = [];
  private readonly operators: Operator[] = [];
  private readonly buffers: Uint8Array[] = [new Uint8Array()];

  /** @returns the tensor's number. Without data it is computed when the network runs. */
  tensor(name: string, shape: readonly number[], data?: Float32Array | Int32Array | Uint16Array | Int8Array): number {
    const type =
      data instanceof Int32Array
        ? tensorType.int32
        : data instanceof Uint16Array
          ? tensorType.float16
          : data instanceof Int8Array
            ? tensorType.int8
            : tensorType.float32;
    let buffer = 0;
    if (data !== undefined)
      buffer = this.buffers.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) - 1;
    return this.tensors.push({ name, shape, type, buffer }) - 1;
  }

  /** @returns the number of its one output. */
  operator(
    code: number,
    name: string,
    inputs: readonly number[],
    shape: readonly number[],
    options: readonly Option[] = [],
  ): number {
    const output = this.tensor(name, shape);
    this.operators.push({ code, inputs, outputs: [output], options });
    return output;
  }

  /** `graphs`: how many there are; those behind the first stand for the insides of loops. */
  finish(inputs: readonly number[], outputs: readonly number[], signature?: readonly string[], graphs = 1): Uint8Array {
    const builder = new Builder(1024);
    const ints = (values: readonly number[]) => {
      builder.startVector(4, values.length, 4);
      for (const value of values.toReversed()) builder.addInt32(value);
      return builder.endVector();
    };
    const offsets = (values: readonly number[]) => {
      builder.startVector(4, values.length, 4);
      for (const value of values.toReversed()) builder.addOffset(value);
      return builder.endVector();
    };
    const bytes = (values: Uint8Array) => {
      builder.startVector(1, values.length, 16);
      for (let at = values.length - 1; at >= 0; at -= 1) builder.addInt8(values[at] as number);
      return builder.endVector();
    };
    const table = (fields: number, add: () => void) => {
      builder.startObject(fields);
      add();
      return builder.endObject();
    };

    const buffers = this.buffers.map((data) => {
      const vector = data.length === 0 ? 0 : bytes(data);
      return table(1, () => builder.addFieldOffset(0, vector, 0));
    });
    const tensors = this.tensors.map((tensor) => {
      const [shape, name] = [ints(tensor.shape), builder.createString(tensor.name)];
      return table(4, () => {
        builder.addFieldOffset(0, shape, 0);
        builder.addFieldInt8(1, tensor.type, 0);
        builder.addFieldInt32(2, tensor.buffer, 0);
        builder.addFieldOffset(3, name, 0);
      });
    });
    const codes = [...new Set(this.operators.map((operator) => operator.code))];
    const codeTables = codes.map((code) =>
      table(4, () => {
        builder.addFieldInt8(0, Math.min(code, 127), 0);
        builder.addFieldInt32(2, 1, 1);
        builder.addFieldInt32(3, code, 0);
      }),
    );
    const operators = this.operators.map((operator) => {
      const [inputList, outputList] = [ints(operator.inputs), ints(operator.outputs)];
      const options = table(8, () => {
        for (const [field, kind, value] of operator.options) {
          if (kind === 'int8') builder.addFieldInt8(field, value, 0);
          else if (kind === 'int32') builder.addFieldInt32(field, value, 0);
          else builder.addFieldFloat32(field, value, 0);
        }
      });
      return table(5, () => {
        builder.addFieldInt32(0, codes.indexOf(operator.code), 0);
        builder.addFieldOffset(1, inputList, 0);
        builder.addFieldOffset(2, outputList, 0);
        builder.addFieldOffset(4, options, 0);
      });
    });
    const [tensorList, inputList, outputList, operatorList] = [
      offsets(tensors),
      ints(inputs),
      ints(outputs),
      offsets(operators),
    ];
    const graph = table(4, () => {
      builder.addFieldOffset(0, tensorList, 0);
      builder.addFieldOffset(1, inputList, 0);
      builder.addFieldOffset(2, outputList, 0);
      builder.addFieldOffset(3, operatorList, 0);
    });
    const signatures = (signature ?? []).map((name, at) => {
      const text = builder.createString(name);
      return table(2, () => {
        builder.addFieldOffset(0, text, 0);
        builder.addFieldInt32(1, outputs[at] as number, 0);
      });
    });
    const signatureOutputs = signature === undefined ? 0 : offsets(signatures);
    const signatureTable = signature === undefined ? 0 : table(2, () => builder.addFieldOffset(1, signatureOutputs, 0));
    const [codeList, graphList, bufferList] = [
      offsets(codeTables),
      offsets(new Array<number>(graphs).fill(graph)),
      offsets(buffers),
    ];
    const signatureList = signature === undefined ? 0 : offsets([signatureTable]);
    const root = table(8, () => {
      builder.addFieldInt32(0, 3, 0);
      builder.addFieldOffset(1, codeList, 0);
      builder.addFieldOffset(2, graphList, 0);
      builder.addFieldOffset(4, bufferList, 0);
      builder.addFieldOffset(7, signatureList, 0);
    });
    builder.finish(root, 'TFL3');
    return builder.asUint8Array();
  }
}
