import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Weights, writePolicyGraph } from '@pitwall/agent/model/import/tensorflow';
import { parseJson } from '@pitwall/protocol';
import { z } from 'zod';

const Layout = z.array(
  z.strictObject({ name: z.string(), shape: z.array(z.int().positive()).min(1), offset: z.int().nonnegative() }),
);

/** A frozen graph from the weights that `learn.py` wrote into a folder. @throws PitwallError `message-invalid`. */
export function frozenGraph(folder: string): Uint8Array {
  const layout = parseJson(Layout, readFileSync(join(folder, 'weights.json'), 'utf8'), 'weights.json');
  const bytes = readFileSync(join(folder, 'weights.f32'));
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const tensor = (name: string) => {
    const found = layout.find((entry) => entry.name === name);
    if (found === undefined) throw new Error(`weights.json has no ${name}; learn.py and network.ts disagree.`);
    const size = found.shape.reduce((product, length) => product * length, 1);
    return { shape: found.shape, data: values.subarray(found.offset, found.offset + size) };
  };
  const weights = (layer: string): Weights => {
    const { shape, data } = tensor(`${layer}.weight`);
    return { shape, kernel: data, bias: tensor(`${layer}.bias`).data };
  };
  return writePolicyGraph({
    algorithm: 'clipped_ppo',
    discrete: true,
    sensors: [
      {
        sensor: 'FRONT_FACING_CAMERA',
        shape: [120, 160, 1],
        divisor: 255,
        convolutions: [
          { ...weights('conv1'), stride: 4 },
          { ...weights('conv2'), stride: 2 },
          { ...weights('conv3'), stride: 1 },
        ],
        dense: [],
      },
    ],
    middleware: [weights('dense')],
    head: { hidden: [], output: weights('head') },
  });
}
