import type { ModelMetadata } from '@pitwall/protocol/policy';
import { describe, expect, it } from 'vitest';
import type { ort } from '../import/index.js';
import type { Binding } from './bind-network.js';
import { OnnxPolicy } from './onnx-policy.js';

const tensor = (name: string, shape: readonly number[]) => ({ name, called: name, shape: [...shape] });
const binding: Binding = {
  camera: tensor('camera', [1, 120, 160, 1]),
  planes: 1,
  copies: 1,
  planar: false,
  pixels: [0, 255],
  outputs: [tensor('policy', [1, 3])],
  head: { kind: 'discrete', probabilities: false },
};
const metadata = {
  version: 5,
  algorithm: 'clipped_ppo',
  camera: 'FRONT_FACING_CAMERA',
  actionSpace: {
    kind: 'discrete',
    actions: [-20, 0, 20].map((steeringDeg, index) => ({ steeringDeg, speedMps: 1, index })),
  },
} as never as ModelMetadata;

/**
 * A session as ONNX Runtime's: inputs and outputs whose first axis has a name, buffers that the caller gives. Matrix products of
 * other sizes take other paths through the processor's kernels (MLAS packs rows four, eight or sixteen at a time), so that a
 * row's last bit may depend on how many there are: `lastBit` says of which number.
 */
function session(lastBit: (count: number) => number) {
  const runs: number[] = [];
  const io = (name: string, shape: readonly (string | number)[]) => ({ name, isTensor: true, type: 'float32', shape });
  const made = {
    inputMetadata: [io('camera', ['N', 120, 160, 1])],
    outputMetadata: [io('policy', ['N', 3])],
    run: async (feeds: Record<string, ort.Tensor>, fetches: Record<string, ort.Tensor>) => {
      const { data: pixels, dims } = feeds.camera as { data: Float32Array; dims: readonly number[] };
      const count = dims[0] as number;
      const { data: out } = fetches.policy as never as { data: Float32Array };
      runs.push(count);
      for (let at = 0; at < count; at++) {
        const grey = pixels[at * 19_200] as number;
        out.set([1 + lastBit(count) * 2 ** -23, grey / 255, 0.5], at * 3);
      }
    },
    release: async () => {},
  } as never as ort.InferenceSession;
  return { made, runs };
}
const see = (grey: number) => ({ camera: new Uint8Array(19_200).fill(grey) });
const outputs = async (policy: OnnxPolicy, greys: readonly number[]) =>
  (await policy.decideAll(greys.map(see))).map(({ output }) => [...output]);

describe('observations in one run', () => {
  it('are run as many as they are where a processor gives each number of them the same bits', async () => {
    const { made, runs } = session(() => 1);
    const policy = new OnnxPolicy(made, binding, metadata, 'right');
    await policy.alignBatches();
    expect(runs).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
    runs.length = 0;
    await outputs(policy, [10, 20, 30]);
    expect(runs).toEqual([3]);
  });

  it.each([
    ['from two on', (count: number) => (count > 1 ? 1 : 0)],
    ['from eight on', (count: number) => (count >= 8 ? 1 : 0)],
    ['at sixteen alone', (count: number) => (count === 16 ? 1 : 0)],
  ])('are filled up to one number where they differ %s, and have the same bits in any company', async (_, lastBit) => {
    const { made, runs } = session(lastBit);
    const before = new OnnxPolicy(session(lastBit).made, binding, metadata, 'right');
    expect(await outputs(before, Array(16).fill(40))).not.toEqual(Array(16).fill((await outputs(before, [40]))[0]));
    const policy = new OnnxPolicy(made, binding, metadata, 'right');
    await policy.alignBatches();
    runs.length = 0;
    const [alone] = await outputs(policy, [40]);
    for (const count of [2, 7, 8, 15, 16, 20]) {
      const greys = Array.from({ length: count }, (_, i) => 40 + i);
      const all = await outputs(policy, greys);
      expect(all[0]).toEqual(alone);
      // What fills up is nobody's answer, and each gets its own.
      expect(all.map(([, grey]) => Math.round((grey as number) * 255))).toEqual(greys);
    }
    expect(new Set(runs)).toEqual(new Set([16]));
    expect((await policy.decide(see(40))).action).toMatchObject({ index: 0, steeringDeg: -20 });
  });
});
