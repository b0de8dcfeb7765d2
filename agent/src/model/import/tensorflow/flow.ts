import { constant } from '../../graph/index.js';
import { input, type Operation, type Use } from './use.js';

const same: Operation = (use) => input(use, 0);

/** The predicate is known (training or not): the value leaves through one port, the other is dead. */
const switched: Operation = (use) => {
  const taken = use.lowering.known(input(use, 1), 'its condition').data[0] !== 0;
  return taken ? ['dead', input(use, 0)] : [input(use, 0), 'dead'];
};
const select: Operation = (use) => {
  const condition = use.lowering.known(input(use, 0), 'its condition');
  const first = condition.data[0];
  if (!condition.data.every((value) => value === first)) throw use.lowering.unsupported('with a mixed condition.');
  return input(use, first === 0 ? 2 : 1);
};

/** What passes a value on, or one of two: gradients, and branches between training and driving. */
export const flow: Readonly<Record<string, Operation>> = {
  Identity: same,
  IdentityN: (use: Use) => use.inputs,
  StopGradient: same,
  PreventGradient: same,
  Snapshot: same,
  CheckNumerics: same,
  PlaceholderWithDefault: same,
  LogicalNot: (use: Use) => {
    const x = use.lowering.known(input(use, 0), 'its input');
    return constant(
      'int',
      x.shape,
      Array.from(x.data, (value) => (value === 0 ? 1 : 0)),
    );
  },
  Switch: switched,
  RefSwitch: switched,
  Select: select,
  SelectV2: select,
  Dropout: same,
  // Only a dropout that is off when a policy drives has these; where one is on, the output turns out dead.
  RandomUniform: () => ['dead' as const],
  RandomStandardNormal: () => ['dead' as const],
};
