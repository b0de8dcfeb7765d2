import { type Constant, ints } from './constant.js';
import type { Layer, Network } from './network.js';

/**
 * The same network for any number of observations at once, where every operation keeps them apart; the network as it is
 * where one may not (it mixes along the first axis, or its first axis is no batch).
 */
export function forAnyBatch(network: Network): Network {
  const { inputs, outputs, layers } = network;
  const isBatch = (shape: readonly number[]) => shape.length > 0 && shape[0] === 1;
  if (![...inputs, ...outputs, ...layers].every(({ shape }) => isBatch(shape))) return network;
  if (outputs.some(({ name }) => network.weights.has(name))) return network;
  const shapes = new Map([...inputs.map(({ name, shape }) => [name, shape] as const), ...layers.map(shapeOf)]);
  const weights = new Map(network.weights);
  if (!layers.every((layer) => keepsApart(layer, shapes, network.weights))) return network;
  const open = layers.map((layer) => (layer.op === 'Reshape' ? reshaped(layer, weights) : layer));
  const used = new Set(open.flatMap((layer) => layer.inputs));
  return { ...network, layers: open, weights: new Map([...weights].filter(([name]) => used.has(name))), batch: 'any' };
}

const shapeOf = ({ output, shape }: Layer) => [output, shape] as const;

/** ONNX, Reshape: a 0 in the wanted shape is the input's size on that axis. */
function reshaped(layer: Layer, weights: Map<string, Constant>): Layer {
  const [from = ''] = layer.inputs;
  const name = `${layer.output}/any-batch`;
  weights.set(name, ints([0, ...layer.shape.slice(1)]));
  return { ...layer, inputs: [from, name] };
}

type Shapes = ReadonlyMap<string, readonly number[]>;
type Weights = ReadonlyMap<string, Constant>;

/** Of each number of the output, whether it comes from its own observation alone. Whatever is not known here may not. */
function keepsApart({ op, inputs, shape, attributes }: Layer, shapes: Shapes, weights: Weights): boolean {
  const rank = shape.length;
  const isFirst = (axis: number) => axis === 0 || axis === -rank;
  const list = (at: number) => Array.from(weights.get(inputs[at] ?? '')?.data ?? [], Number);
  const [first = ''] = inputs;
  if (!shapes.has(first) && !elementwise.has(op)) return false;
  switch (op) {
    case 'Reshape':
    case 'Conv':
    case 'MaxPool':
    case 'AveragePool':
      return inputs.slice(1).every((name) => weights.has(name));
    case 'Gemm':
      return rank === 2 && !attributes.transA && inputs.slice(1).every((name) => weights.has(name));
    case 'MatMul':
      return shapes.get(first)?.length === rank && weights.get(inputs[1] ?? '')?.shape.length === 2;
    case 'Transpose':
      return (attributes.perm as readonly number[])[0] === 0;
    case 'Softmax':
      return !isFirst(Number(attributes.axis));
    case 'Concat':
      return !isFirst(Number(attributes.axis)) && inputs.every((name) => shapes.has(name));
    case 'Slice':
      return inputs.length >= 4 && weights.has(inputs[3] ?? '') && !list(3).some(isFirst);
    case 'ReduceSum':
    case 'ReduceMean':
    case 'ReduceMax':
    case 'ReduceMin':
    case 'ReduceL1':
    case 'ReduceL2':
    case 'ReduceSumSquare':
    case 'ReduceLogSumExp': {
      const axes = inputs.length > 1 ? list(1) : (attributes.axes as readonly number[] | undefined);
      return axes !== undefined && axes.length > 0 && !axes.some(isFirst);
    }
    case 'Pad':
      return list(1).length === 2 * rank && list(1)[0] === 0 && list(1)[rank] === 0;
    default:
      return (
        elementwise.has(op) && inputs.every((name) => isWhole(shapes.get(name), rank) || isOne(weights.get(name), rank))
      );
  }
}

const isWhole = (shape: readonly number[] | undefined, rank: number) => shape?.length === rank;
/** The same for each observation: it does not reach to the first axis, or has one on it. */
const isOne = (weight: Constant | undefined, rank: number) =>
  weight !== undefined && (weight.shape.length < rank || (weight.shape.length === rank && weight.shape[0] === 1));

const elementwise = new Set(
  'Relu LeakyRelu Elu Selu Celu Sigmoid HardSigmoid Tanh Exp Log Sqrt Abs Neg Clip Softplus Softsign Erf Identity Add Sub Mul Div Pow Max Min Reciprocal Floor Ceil Round Sign Sin Cos'.split(
    ' ',
  ),
);
