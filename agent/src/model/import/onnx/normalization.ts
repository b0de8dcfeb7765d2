import { binary, constant, reduce, unary, type Value } from '../../graph/index.js';
import { float, input, int, type Operation, type Use } from './use.js';

/** `(x − mean) / √(variance + epsilon)` over these axes. */
function normalized(use: Use, x: Value, axes: readonly number[]): Value {
  const { lowering } = use;
  const centred = binary(lowering, 'Sub', x, reduce(lowering, 'ReduceMean', x, axes, true));
  const variance = reduce(lowering, 'ReduceMean', binary(lowering, 'Mul', centred, centred), axes, true);
  const epsilon = constant('float', [], [float(use, 'epsilon', 1e-5)]);
  return binary(lowering, 'Div', centred, unary(lowering, 'Sqrt', binary(lowering, 'Add', variance, epsilon)));
}

const scaled = ({ lowering }: Use, x: Value, scale: Value, bias: Value | undefined): Value => {
  const product = binary(lowering, 'Mul', x, scale);
  return bias === undefined ? product : binary(lowering, 'Add', product, bias);
};

/** Over the axes from `axis` on. */
const layerNormalization: Operation = (use) => {
  const x = input(use, 0);
  const from = use.lowering.axis(int(use, 'axis', -1), x.shape.length);
  const axes = x.shape.map((_, axis) => axis).slice(from);
  return scaled(use, normalized(use, x, axes), input(use, 1), use.inputs[2]);
};

/** Each channel of each picture by itself. */
const instanceNormalization: Operation = (use) => {
  const { lowering } = use;
  const x = input(use, 0);
  const axes = x.shape.map((_, axis) => axis).slice(2);
  const perChannel = (at: number): Value => {
    const { type, data } = lowering.known(input(use, at), `input ${at}`);
    return constant(type, [data.length, ...axes.map(() => 1)], data);
  };
  return scaled(use, normalized(use, x, axes), perChannel(1), perChannel(2));
};

export const normalization: Readonly<Record<string, Operation>> = {
  LayerNormalization: layerNormalization,
  InstanceNormalization: instanceNormalization,
};
