import { PitwallError } from '@pitwall/protocol';
import type { Network, Value } from '../../graph/index.js';
import {
  type Constant,
  constant,
  countOf,
  Lowering,
  type Stored,
  storedBytes,
  storedNumbers,
} from '../../graph/index.js';
import { readTflite, type TfliteModel, type TfliteTensor, tensorTypes } from './model.js';
import { operations } from './operations.js';

/**
 * A `.tflite` network in float32, weights in float32 or float16.
 * @throws PitwallError `graph-invalid`, `graph-unsupported` (names op, node and version) or `graph-too-large`.
 */
export function importTflite(bytes: Uint8Array): Network {
  const model = readTflite(bytes);
  const lowering = new Lowering();
  const values = new Map<number, Value>();
  for (const at of model.inputs) values.set(at, networkInput(lowering, model, at));
  for (const operator of needed(model)) {
    const known = operations.get(operator.code);
    const [name, operation] = known ?? [
      operator.custom === '' ? (strangers.get(operator.code) ?? `number ${operator.code}`) : operator.custom,
      undefined,
    ];
    const node = model.tensors[operator.outputs[0] ?? -1]?.name ?? '';
    lowering.where = { op: name, node, version: `TFLite version ${operator.version}` };
    if (operation === undefined)
      throw lowering.unsupported('not supported in a policy. Export the network in float32 with built-in operations.');
    const results = operation({
      lowering,
      inputs: operator.inputs.map((at) => (at === -1 ? undefined : tensorValue(lowering, model, values, at))),
      options: operator.options,
      results: operator.outputs.map((at) => model.tensors[at]?.shape ?? []),
    });
    const listed = Array.isArray(results) ? (results as readonly Value[]) : [results as Value];
    operator.outputs.forEach((at, index) => {
      const value = listed[index];
      if (value === undefined) throw lowering.invalid(`it has no output ${index}.`);
      values.set(at, value);
    });
  }
  return lowering.finish(
    model.outputs.map(({ at, name }) => ({ name, value: tensorValue(lowering, model, values, at) })),
  );
}

/** What other networks are known to use, so that a refusal can say it. */
const strangers: ReadonlyMap<number, string> = new Map([
  [16, 'LSTM'],
  [35, 'UNIDIRECTIONAL_SEQUENCE_RNN'],
  [36, 'GATHER'],
  [44, 'UNIDIRECTIONAL_SEQUENCE_LSTM'],
  [67, 'TRANSPOSE_CONV'],
  [114, 'QUANTIZE'],
  [118, 'IF'],
  [119, 'WHILE'],
  [132, 'CONV_3D'],
]);

/** Operators that an output depends on, in the file's order, which is the order of execution. */
function needed(model: TfliteModel): TfliteModel['operators'] {
  const wanted = new Set(model.outputs.map(({ at }) => at));
  const kept = model.operators.toReversed().filter((operator) => {
    if (!operator.outputs.some((at) => wanted.has(at))) return false;
    for (const at of operator.inputs) wanted.add(at);
    return true;
  });
  return kept.toReversed();
}

function networkInput(lowering: Lowering, model: TfliteModel, at: number): Value {
  const tensor = model.tensors[at];
  if (tensor === undefined)
    throw new PitwallError('graph-invalid', 'The network names an input that it does not have.');
  lowering.where = { op: 'input', node: tensor.name, version: 'TFLite' };
  if (tensor.type !== tensorTypes.float32)
    throw lowering.unsupported('it is quantised; export the network in float32.');
  if (tensor.shape[0] !== 1 || tensor.shape.some((size) => size < 1))
    throw lowering.unsupported(`its shape is [${tensor.shape}]; a policy takes one observation.`);
  return lowering.input(tensor.name, tensor.shape);
}

function tensorValue(lowering: Lowering, model: TfliteModel, values: Map<number, Value>, at: number): Value {
  const before = values.get(at);
  if (before !== undefined) return before;
  const tensor = model.tensors[at];
  if (tensor === undefined || (tensor.data.length === 0 && tensor.shape.every((size) => size !== 0))) {
    throw lowering.invalid(`it needs tensor ${at} ("${tensor?.name ?? ''}") before it is there.`);
  }
  const value = readConstant(lowering, tensor);
  values.set(at, value);
  return value;
}

const storedAs: ReadonlyMap<number, Stored> = new Map([
  [tensorTypes.float32, 'float32'],
  [tensorTypes.float16, 'float16'],
  [tensorTypes.int32, 'int32'],
  [tensorTypes.int64, 'int64'],
  [tensorTypes.bool, 'byte'],
]);

function readConstant(lowering: Lowering, { name, shape, type, data }: TfliteTensor): Constant {
  const stored = storedAs.get(type);
  if (stored === undefined)
    throw lowering.unsupported(`tensor "${name}" is of TFLite type ${type}; export the network in float32.`);
  const kind = stored.startsWith('float') ? 'float' : 'int';
  const count = countOf(kind, shape);
  if (data.length !== count * storedBytes[stored])
    throw lowering.invalid(`tensor "${name}" of shape [${shape}] has ${data.length} bytes.`);
  lowering.charge(count);
  return constant(kind, shape, storedNumbers(data, stored));
}
