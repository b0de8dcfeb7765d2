import type { Value } from '../../graph/index.js';
import { addBias, binary, cast, clip, commonUnaries, reduce, softmax, unary } from '../../graph/index.js';
import { tensorTypes } from './schema.js';
import { float, input, int, list, listOf, type Operation } from './use.js';

const unaryNode =
  (op: string, attributes: Readonly<Record<string, number>> = {}): Operation =>
  (use) =>
    unary(
      use.lowering,
      op,
      input(use, 0),
      Object.fromEntries(Object.entries(attributes).map(([name, absent]) => [name, float(use, name, absent)])),
    );
const binaryNode =
  (op: string): Operation =>
  (use) =>
    binary(use.lowering, op, input(use, 0), input(use, 1));
const folding =
  (op: string): Operation =>
  (use) =>
    use.inputs
      .slice(1)
      .reduce<Value>((value, _, at) => binary(use.lowering, op, value, input(use, at + 1)), input(use, 0));

const add: Operation = (use) => {
  const [a, b] = [input(use, 0), input(use, 1)];
  if (a.kind === 'dynamic' && b.kind === 'constant' && b.data.length > 1)
    return addBias(use.lowering, a, b, a.shape.length !== 4);
  if (b.kind === 'dynamic' && a.kind === 'constant' && a.data.length > 1)
    return addBias(use.lowering, b, a, b.shape.length !== 4);
  return binary(use.lowering, 'Add', a, b);
};

const clipNode: Operation = (use) => {
  const bound = (name: string, at: number, absent: number) =>
    use.inputs[at] === undefined ? float(use, name, absent) : (list(use, at)[0] ?? absent);
  return clip(use.lowering, input(use, 0), bound('min', 1, -3.4e38), bound('max', 2, 3.4e38));
};
const reduceNode =
  (op: string): Operation =>
  (use) => {
    const x = input(use, 0);
    return reduce(
      use.lowering,
      op,
      x,
      listOf(use, 'axes', 1) ?? x.shape.map((_, axis) => axis),
      int(use, 'keepdims', 1) !== 0,
    );
  };
/** `max(x, 0) − slope · max(−x, 0)` */
const prelu: Operation = (use) => {
  const { lowering } = use;
  const below = unary(lowering, 'Relu', unary(lowering, 'Neg', input(use, 0)));
  const sloped = binary(lowering, 'Mul', below, input(use, 1));
  return binary(lowering, 'Sub', unary(lowering, 'Relu', input(use, 0)), sloped);
};
const hardSwish: Operation = (use) =>
  binary(
    use.lowering,
    'Mul',
    input(use, 0),
    unary(use.lowering, 'HardSigmoid', input(use, 0), { alpha: 1 / 6, beta: 0.5 }),
  );
const softmaxNode: Operation = (use) => {
  const x = input(use, 0);
  const axis = use.lowering.axis(int(use, 'axis', use.opset < 13 ? 1 : -1), x.shape.length);
  // Before opset 13 all axes from this one on were taken together.
  if (use.opset < 13 && axis !== x.shape.length - 1)
    throw use.lowering.unsupported(`axis ${axis} in opset ${use.opset}.`);
  return softmax(use.lowering, x, axis);
};

const reductions = [
  ...['ReduceMean', 'ReduceSum', 'ReduceMax', 'ReduceMin', 'ReduceProd', 'ReduceL1', 'ReduceL2'],
  ...['ReduceSumSquare', 'ReduceLogSumExp'],
];

const floatTypes: readonly number[] = [tensorTypes.float, tensorTypes.half, tensorTypes.double];
const castNode: Operation = (use) =>
  cast(use.lowering, input(use, 0), floatTypes.includes(int(use, 'to', 1)) ? 'float' : 'int');

/** Arithmetic on every number by itself, and sums over axes. */
export const arithmetic: Readonly<Record<string, Operation>> = {
  ...Object.fromEntries(commonUnaries.map((op) => [op, unaryNode(op)])),
  Elu: unaryNode('Elu', { alpha: 1 }),
  LeakyRelu: unaryNode('LeakyRelu', { alpha: 0.01 }),
  HardSigmoid: unaryNode('HardSigmoid', { alpha: 0.2, beta: 0.5 }),
  Selu: unaryNode('Selu', { alpha: 1.673_263_2, gamma: 1.050_701 }),
  Celu: unaryNode('Celu', { alpha: 1 }),
  PRelu: prelu,
  HardSwish: hardSwish,
  Erf: unaryNode('Erf'),
  Sign: unaryNode('Sign'),
  Sin: unaryNode('Sin'),
  Cos: unaryNode('Cos'),
  Ceil: unaryNode('Ceil'),
  Round: unaryNode('Round'),
  Softmax: softmaxNode,
  LogSoftmax: (use) => unary(use.lowering, 'Log', softmaxNode(use) as Value),
  Clip: clipNode,
  Add: add,
  Sub: binaryNode('Sub'),
  Mul: binaryNode('Mul'),
  Div: binaryNode('Div'),
  Pow: binaryNode('Pow'),
  Min: folding('Min'),
  Max: folding('Max'),
  Sum: folding('Add'),
  ...Object.fromEntries(reductions.map((op) => [op, reduceNode(op)])),
  Cast: castNode,
};
