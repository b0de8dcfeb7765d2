import type { Value } from '../../graph/index.js';
import {
  addBias,
  binary,
  cast,
  clip,
  commonUnaries,
  floorDivision,
  reduce,
  softmax,
  unary,
} from '../../graph/index.js';
import { flag, float, input, type Operation, type Use } from './use.js';

const unaryNode =
  (op: string): Operation =>
  (use) =>
    unary(use.lowering, op, input(use, 0));
const binaryNode =
  (op: string): Operation =>
  (use) =>
    binary(use.lowering, op, input(use, 0), input(use, 1));

const add: Operation = (use) => {
  const [a, b] = [input(use, 0), input(use, 1)];
  const wide = (x: Value, bias: Value) =>
    x.kind === 'dynamic' && bias.kind === 'constant' && bias.data.length > 1 && bias.shape.length <= 1;
  if (wide(a, b)) return addBias(use.lowering, a, b);
  if (wide(b, a)) return addBias(use.lowering, b, a);
  return binary(use.lowering, 'Add', a, b);
};

const reduceNode =
  (op: string): Operation =>
  (use) => {
    const axes = use.lowering.list(input(use, 1), 'the axes');
    return reduce(use.lowering, op, input(use, 0), axes, flag(use, 'keep_dims') || flag(use, 'keepdims'));
  };

/** Arithmetic on every number by itself, and sums over axes. */
export const arithmetic: Readonly<Record<string, Operation>> = {
  ...Object.fromEntries(commonUnaries.map((op) => [op, unaryNode(op)])),
  Relu6: (use: Use) => clip(use.lowering, input(use, 0), 0, 6),
  Selu: unaryNode('Selu'),
  Elu: (use: Use) => unary(use.lowering, 'Elu', input(use, 0), { alpha: 1 }),
  LeakyRelu: (use: Use) => unary(use.lowering, 'LeakyRelu', input(use, 0), { alpha: float(use, 'alpha', 0.2) }),
  Rsqrt: (use: Use) => unary(use.lowering, 'Reciprocal', unary(use.lowering, 'Sqrt', input(use, 0))),
  Square: (use: Use) => binary(use.lowering, 'Mul', input(use, 0), input(use, 0)),
  Softmax: (use: Use) => softmax(use.lowering, input(use, 0), -1),
  Add: add,
  AddV2: add,
  AddN: (use: Use) => use.inputs.slice(1).reduce((sum, x) => binary(use.lowering, 'Add', sum, x), input(use, 0)),
  Sub: binaryNode('Sub'),
  Mul: binaryNode('Mul'),
  RealDiv: binaryNode('Div'),
  Div: binaryNode('Div'),
  FloorDiv: (use: Use) => floorDivision(use.lowering, input(use, 0), input(use, 1)),
  Minimum: binaryNode('Min'),
  Maximum: binaryNode('Max'),
  Pow: binaryNode('Pow'),
  SquaredDifference: (use: Use) => {
    const difference = binary(use.lowering, 'Sub', input(use, 0), input(use, 1));
    return binary(use.lowering, 'Mul', difference, difference);
  },
  Mean: reduceNode('ReduceMean'),
  Sum: reduceNode('ReduceSum'),
  Max: reduceNode('ReduceMax'),
  Min: reduceNode('ReduceMin'),
  Prod: reduceNode('ReduceProd'),
  Cast: (use: Use) =>
    cast(
      use.lowering,
      input(use, 0),
      [1, 2, 19].includes(use.node.attributes.get('DstT')?.type ?? 1) ? 'float' : 'int',
    ),
};
