import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModel, withDescription } from '@pitwall/agent/model';
import { isPitwallError } from '@pitwall/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OnnxWriter } from './onnx-writer.js';
import { packArchive } from './pack.js';
import { zipOf } from './zip.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-described-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Gives 0.5 and −0.25, whatever it sees. */
function network(name: string, flat: boolean): Uint8Array {
  const onnx = new OnnxWriter();
  const image = onnx.input({ name: 'image', shape: [1, 3, 120, 160] });
  const zero = onnx.weight('zero', [1, 3, 120, 160], new Float32Array(3 * 120 * 160));
  const dark = onnx.node('Conv', [image, zero], 'dark', { kernel_shape: [120, 160] });
  const features = onnx.node('Flatten', [dark], 'features', { axis: 1 });
  const out = (called: string, values: number[]) => {
    const weights = onnx.weight(`${called}.w`, [values.length, 1], new Float32Array(values.length));
    const bias = onnx.weight(`${called}.b`, [values.length], Float32Array.from(values));
    onnx.node('Gemm', [features, weights, bias], called, { transB: 1 });
    onnx.output({ name: called, shape: [1, values.length] });
  };
  if (flat) {
    out(`${name}_a`, [0.5]);
    out(`${name}_b`, [-0.25]);
  } else out(name, [0.5, -0.25]);
  return onnx.finish();
}

async function questionOf(path: string): Promise<unknown> {
  try {
    await loadModel(path);
  } catch (error) {
    if (isPitwallError(error)) return error.details.question;
    throw error;
  }
  return 'taken';
}
async function actionOf(path: string) {
  const { policy } = await loadModel(path);
  const { action } = await policy.decide({ camera: new Uint8Array(120 * 160) });
  await policy.close();
  return action;
}
const say = (steering: object, speed: object, input: object = { range: [0, 255] }) =>
  JSON.stringify({
    input,
    outputs: {
      steering: { unit: 'share', positive: 'left', range: [-20, 20], ...steering },
      speed: { unit: 'share', range: [1, 3], ...speed },
    },
  });

describe('what a racer says of a network', () => {
  it('is asked with the readings that fit, never with one that was guessed', async () => {
    const one = join(folder, 'one.onnx');
    await writeFile(one, network('head', false));
    expect(await questionOf(one)).toMatchObject({
      camera: { name: 'image', colour: true },
      outputs: [{ name: 'head', numbers: 2 }],
      readings: [{}, {}],
    });
    const two = join(folder, 'two.onnx');
    await writeFile(two, network('head', true));
    const { readings } = (await questionOf(two)) as { readings: { outputs: { steering: object } }[] };
    expect(readings.map(({ outputs }) => outputs.steering)).toEqual([
      { output: 'head_a', unit: 'share', positive: 'left' },
      { output: 'head_a', unit: 'share', positive: 'right', range: [-30, 30] },
      { output: 'head_b', unit: 'share', positive: 'left' },
      { output: 'head_b', unit: 'share', positive: 'right', range: [-30, 30] },
    ]);
  });

  it('goes with the model, bare or in whatever archive, in place of what it said before', async () => {
    const bytes = network('head', false);
    const models = ['bare.onnx', 'model.tar.gz', 'model.zip'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(models[0], bytes);
    const files = { 'mine/model.onnx': bytes, 'mine/pitwall.yaml': 'outputs: nonsense', 'mine/notes.txt': 'hello' };
    await packArchive(models[1], files);
    await writeFile(models[2], zipOf(files));
    for (const model of models) {
      const [left, right] = [`${model}.left`, `${model}.right`];
      await withDescription(model, say({ index: 0 }, { index: 1 }), left);
      await withDescription(left, say({ index: 1, positive: 'right' }, { index: 0 }), right);
      expect(await actionOf(left)).toMatchObject({ steeringDeg: 10, speedMps: 1.75 });
      // −0.25, positive to the right, is a quarter to the left.
      expect(await actionOf(right)).toMatchObject({ steeringDeg: 5, speedMps: 2.5 });
      await withDescription(model, say({ index: 0 }, { index: 1 }), right);
      expect((await readFile(left)).equals(await readFile(right))).toBe(true);
    }
  });

  it.each([
    ['outputs: 5', /metadata-invalid.*pitwall\.yaml is not valid/],
    ['{', /metadata-invalid.*cannot be read as YAML at line 1/],
  ])('%j is refused before anything is written', async (words, sentence) => {
    const bare = join(folder, 'again.onnx');
    await writeFile(bare, network('head', false));
    const refused = await withDescription(bare, words, join(folder, 'never')).catch((error) => error);
    expect(`${refused.code}: ${refused.message}`).toMatch(sentence);
    await expect(readFile(join(folder, 'never'))).rejects.toThrow(/ENOENT/);
  });
});
