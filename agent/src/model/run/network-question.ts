import { isPitwallError, PitwallError } from '@pitwall/protocol';
import type { NetworkDescription, NetworkQuestion } from '@pitwall/protocol/policy';
import { type NetworkTensors, type TensorInfo, tensorSize } from '../graph/index.js';
import { type Evidence, speedComesFirst } from './bind-outputs.js';

type Outputs = Extract<NonNullable<NetworkDescription['outputs']>, { steering: unknown }>;
type Place = Pick<Outputs['steering'], 'output' | 'index'>;

/**
 * Binds outputs; where nothing tells what they mean, the refusal asks (`details.question`, a {@link NetworkQuestion}), with the
 * readings that fit: an answer is what a racer would have written into a pitwall.yaml.
 */
export function askingWhat<T>(
  tensors: NetworkTensors,
  { metadata, description }: Evidence,
  input: { readonly camera: TensorInfo; readonly copies: number },
  bind: () => T,
): T {
  try {
    return bind();
  } catch (error) {
    const isOpen = description?.outputs === undefined && metadata?.actionSpace.kind !== 'discrete';
    if (!isPitwallError(error) || error.code !== 'graph-invalid' || !isOpen || tensors.outputs.length > 100)
      throw error;
    const question: NetworkQuestion = {
      camera: { name: input.camera.called, colour: input.copies === 3 },
      outputs: tensors.outputs.map((tensor) => ({ name: tensor.called, numbers: tensorSize(tensor) })),
      readings: readingsOf(tensors, metadata !== undefined),
    };
    throw new PitwallError(error.code, error.message, { cause: error.cause, details: { question } });
  }
}

/** The same that the refusal's sentence names. Ranges are the metadata's where there is one. */
function readingsOf({ outputs }: NetworkTensors, hasMetadata: boolean): NetworkDescription[] {
  const [first, second] = outputs;
  const sized = (numbers: number) => outputs.filter((tensor) => tensorSize(tensor) === numbers);
  const at = (tensor: TensorInfo, index: number): Place =>
    tensorSize(tensor) === 1 ? { output: tensor.called } : { output: tensor.called, index };
  const deepracer = (steering: Place, speed: Place): NetworkDescription => ({
    input: { range: [0, 255] },
    outputs: {
      steering: { ...steering, unit: 'share', positive: 'left' },
      speed: { ...speed, unit: 'share' },
    },
  });
  // donkeycar/parts/keras.py: images are divided by 255, the angle is positive to the right, 0 throttle stands
  const donkeycar = (steering: Place, speed: Place): NetworkDescription => ({
    input: { range: [0, 1] },
    outputs: {
      steering: { ...steering, unit: 'share', positive: 'right', ...(hasMetadata ? {} : { range: [-30, 30] }) },
      speed: { ...speed, unit: 'share', ...(hasMetadata ? {} : { range: [-4, 4] }) },
    },
  });
  const both = (steering: Place, speed: Place) => [deepracer(steering, speed), donkeycar(steering, speed)];
  const [four, ...otherFours] = sized(4);
  if (hasMetadata && four !== undefined && otherFours.length === 0)
    return [deepracer(at(four, 0), at(four, 1)), deepracer(at(four, 0), at(four, 2))];
  const pairs = sized(2);
  if (pairs.length > 0)
    return pairs.flatMap((tensor) =>
      hasMetadata
        ? [
            deepracer(at(tensor, 0), at(tensor, 1)),
            ...(speedComesFirst(tensor) ? [deepracer(at(tensor, 1), at(tensor, 0))] : []),
          ]
        : both(at(tensor, 0), at(tensor, 1)),
    );
  const singles = sized(1);
  if (singles.length === 2 && first !== undefined && second !== undefined) {
    const [one, other] = singles as [TensorInfo, TensorInfo];
    return [...both(at(one, 0), at(other, 0)), ...both(at(other, 0), at(one, 0))];
  }
  return [];
}
