import type { Value } from '../../graph/index.js';
import { addBias, binary, cast, clip, reduce, softmax, unary } from '../../graph/index.js';
import { tensorTypes } from './model.js';
import { activated, byte, input, type Known, list, type Operation, type Use } from './use.js';

const binaryNode =
  (op: string, activation?: number): Operation =>
  (use) => {
    const value = op === 'Add' ? sum(use) : binary(use.lowering, op, input(use, 0), input(use, 1));
    return activation === undefined ? value : activated(use, value, activation);
  };
const sum = (use: Use): Value => {
  const [a, b] = [input(use, 0), input(use, 1)];
  if (b.kind === 'constant' && b.data.length > 1 && b.shape.length === 1) return addBias(use.lowering, a, b);
  return binary(use.lowering, 'Add', a, b);
};
const unaryNode =
  (op: string): Operation =>
  (use) =>
    unary(use.lowering, op, input(use, 0));
const reduceNode =
  (op: string): Operation =>
  (use) =>
    reduce(use.lowering, op, input(use, 0), list(use, 1), byte(use, 0) !== 0);

const softmaxNode: Operation = (use) => {
  const beta = use.options?.float(0, 1) ?? 1;
  if (beta !== 1) throw use.lowering.unsupported(`beta ${beta}.`);
  return softmax(use.lowering, input(use, 0), -1);
};

/** Arithmetic on every number by itself, and sums over axes. */
export const arithmetic: readonly Known[] = [
  [0, ['ADD', binaryNode('Add', 0)]],
  [14, ['LOGISTIC', unaryNode('Sigmoid')]],
  [18, ['MUL', binaryNode('Mul', 0)]],
  [19, ['RELU', unaryNode('Relu')]],
  [20, ['RELU_N1_TO_1', (use) => clip(use.lowering, input(use, 0), -1, 1)]],
  [21, ['RELU6', (use) => clip(use.lowering, input(use, 0), 0, 6)]],
  [25, ['SOFTMAX', softmaxNode]],
  [28, ['TANH', unaryNode('Tanh')]],
  [40, ['MEAN', reduceNode('ReduceMean')]],
  [41, ['SUB', binaryNode('Sub', 0)]],
  [42, ['DIV', binaryNode('Div', 0)]],
  [47, ['EXP', unaryNode('Exp')]],
  [53, ['CAST', (use) => cast(use.lowering, input(use, 0), byte(use, 1) === tensorTypes.float32 ? 'float' : 'int')]],
  [55, ['MAXIMUM', binaryNode('Max')]],
  [57, ['MINIMUM', binaryNode('Min')]],
  [59, ['NEG', unaryNode('Neg')]],
  [73, ['LOG', unaryNode('Log')]],
  [74, ['SUM', reduceNode('ReduceSum')]],
  [75, ['SQRT', unaryNode('Sqrt')]],
  [76, ['RSQRT', (use) => unary(use.lowering, 'Reciprocal', unary(use.lowering, 'Sqrt', input(use, 0)))]],
  [78, ['POW', binaryNode('Pow')]],
  [82, ['REDUCE_MAX', reduceNode('ReduceMax')]],
  [92, ['SQUARE', (use) => binary(use.lowering, 'Mul', input(use, 0), input(use, 0))]],
  [98, ['LEAKY_RELU', (use) => unary(use.lowering, 'LeakyRelu', input(use, 0), { alpha: use.options?.float(0) ?? 0 })]],
  [101, ['ABS', unaryNode('Abs')]],
  [111, ['ELU', (use) => unary(use.lowering, 'Elu', input(use, 0), { alpha: 1 })]],
];
