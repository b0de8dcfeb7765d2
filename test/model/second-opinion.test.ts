import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { loadModel, type PolicyGraph, type Weights } from '@pitwall/agent/model';
import { expect, test } from 'vitest';
import { randomFrame, realFrames } from './frames.js';
import { packCarArchive } from './pack.js';
import { metadataFor, type Recipe, random, randomPolicy } from './random-policy.js';

const python = '/usr/bin/python3';
const torch = existsSync('/usr/lib/python3/dist-packages/torch');
if (!torch) console.log("skipped: PyTorch (Debian's python3-torch) is not installed");
const run = promisify(execFile);

/** Fewest where a frame costs most; `npm run soak -- second-opinion` shows 10,000 to each size. */
const counts = { shallow: 60, normal: 30, deep: 910 };
const recipes: Recipe[] = [
  { size: 'shallow', head: 'discrete', camera: 'FRONT_FACING_CAMERA', seed: 11 },
  { size: 'normal', head: 'continuous', camera: 'FRONT_FACING_CAMERA', seed: 12 },
  { size: 'deep', head: 'discrete', camera: 'FRONT_FACING_CAMERA', seed: 13 },
];

/** The layers of a camera-only policy for the other side, and their weights one after the other. */
function plan(policy: PolicyGraph): { plan: object; weights: Float32Array } {
  const parts: Float32Array[] = [];
  let at = 0;
  const part = (values: Float32Array, shape: readonly number[]) => {
    parts.push(values);
    at += values.length;
    return { at: at - values.length, shape };
  };
  const both = ({ kernel, bias, shape }: Weights) => ({ kernel: part(kernel, shape), bias: part(bias, [bias.length]) });
  const [camera] = policy.sensors;
  const layers = [
    ...(camera?.convolutions ?? []).map((layer) => ({
      kind: 'convolution',
      stride: layer.stride,
      relu: true,
      ...both(layer),
    })),
    ...[...(camera?.dense ?? []), ...policy.middleware].map((layer) => ({ kind: 'dense', relu: true, ...both(layer) })),
    { kind: 'dense', relu: false, ...both(policy.head.output) },
  ];
  const weights = new Float32Array(at);
  let to = 0;
  for (const values of parts) {
    weights.set(values, to);
    to += values.length;
  }
  return { plan: { layers, softmax: policy.discrete }, weights };
}

test.runIf(torch || process.env.CI === 'true').each(recipes)(
  'PyTorch gives the same for $size $head',
  { timeout: 1_200_000 },
  async (recipe) => {
    const count = Number(process.env.PITWALL_SEQUENCES ?? counts[recipe.size]);
    const folder = await mkdtemp(join(tmpdir(), 'pitwall-torch-'));
    const file = (name: string) => join(folder, name);
    try {
      const made = plan(randomPolicy(recipe));
      await writeFile(file('plan.json'), JSON.stringify(made.plan));
      await writeFile(file('weights'), new Uint8Array(made.weights.buffer));
      await packCarArchive(file('model.tar.gz'), recipe);
      const { policy } = await loadModel(file('model.tar.gz'));
      const next = random(recipe.seed);
      const real = await realFrames(Math.floor(count / 2));
      const frames = await open(file('frames'), 'w');
      const decided: { output: Float32Array; index: number | undefined }[] = [];
      for (let at = 0; at < count; at += 1) {
        const camera = real[at] ?? randomFrame(19_200, next);
        await frames.write(camera);
        const { output, action } = await policy.decide({ camera });
        decided.push({ output, index: action.index });
      }
      await frames.close();
      await policy.close();
      const script = fileURLToPath(new URL('second_opinion.py', import.meta.url));
      await run(python, [script, file('plan.json'), file('weights'), file('frames'), file('out'), file('model.onnx')]);
      const written = await open(file('frames'), 'r');
      const bytes = await readFile(file('out'));
      const width = decided[0]?.output.length ?? 0;
      const theirs = new Float32Array(new Uint8Array(bytes).buffer);
      expect(theirs.length).toBe(count * width);
      let [worst, others] = [0, 0];
      decided.forEach(({ output, index }, at) => {
        const truth = theirs.subarray(at * width, (at + 1) * width);
        const scale = truth.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        output.forEach((value, item) => {
          worst = Math.max(worst, Math.abs(value - (truth[item] as number)) / scale);
        });
        const [first = 0, second = 0] = [...truth].sort((a, b) => b - a);
        if (index !== undefined && first - second > 1e-4 && truth[index] !== first) others += 1;
      });
      console.log(
        `${recipe.size}: ${count} frames (${Math.min(real.length, count)} real), largest relative difference ${worst.toExponential(1)}, other actions ${others}`,
      );
      expect(worst).toBeLessThan(1e-4);
      expect(others).toBe(0);
      // A foreign .onnx: the same network by PyTorch's own exporter.
      await writeFile(file('model_metadata.json'), JSON.stringify(metadataFor(recipe)));
      const foreign = await loadModel(file('model.onnx'));
      for (let at = 0; at < Math.min(20, count); at += 1) {
        const camera = new Uint8Array(19_200);
        await written.read(camera, 0, camera.length, at * camera.length);
        const { output } = await foreign.policy.decide({ camera });
        const truth = theirs.subarray(at * width, (at + 1) * width);
        const scale = truth.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        output.forEach((value, item) => {
          expect(Math.abs(value - (truth[item] as number)) / scale).toBeLessThan(1e-4);
        });
      }
      await written.close();
      await foreign.policy.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
