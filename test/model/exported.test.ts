import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadModel } from '@pitwall/agent/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const networks = fileURLToPath(new URL('exported/', import.meta.url));
/** What PyTorch gave for the two pictures, output by output: see exported/export.py. */
type Expected = Readonly<Record<string, readonly (readonly (readonly number[])[])[]>>;
const pictures = [
  (x: number, y: number) => Math.floor((7 * x + 13 * y) / 9) % 256,
  (x: number, y: number) => (Math.floor((x * x) / 40) + 3 * y) % 256,
].map((grey) => Uint8Array.from({ length: 19_200 }, (_, at) => grey(at % 160, Math.floor(at / 160))));

const space = { steering_angle: { low: -20, high: 30 }, speed: { low: 1, high: 3 } };
const common = { sensor: ['FRONT_FACING_CAMERA'], version: '5' };
const ppo = JSON.stringify({ ...common, action_space: space, action_space_type: 'continuous' });
const sac = JSON.stringify({ ...JSON.parse(ppo), training_algorithm: 'sac' });
const list = [-25, -10, 0, 10, 25].map((angle, at) => ({ steering_angle: angle, speed: 1 + at / 4 }));
const five = JSON.stringify({ ...common, action_space: list, action_space_type: 'discrete' });

type Numbers = readonly (readonly number[])[];
type Reading = (outputs: Numbers) => { steeringDeg: number; speedMps: number };
const within = (value: number) => Math.min(1, Math.max(-1, value));
const spread = (steering: number, speed: number) => ({
  steeringDeg: -20 + 25 * (within(steering) + 1),
  speedMps: 1 + (within(speed) + 1),
});
const pair =
  (at: number, squash = (value: number) => value): Reading =>
  (outputs) =>
    spread(squash(outputs[at]?.[0] as number), squash(outputs[at]?.[1] as number));
const action = (index: number) => ({
  steeringDeg: list[index]?.steering_angle as number,
  speedMps: list[index]?.speed as number,
});
const largest =
  (at: number): Reading =>
  (outputs) => {
    const values = outputs[at] as readonly number[];
    return action(values.indexOf(Math.max(...values)));
  };
const numbered: Reading = (outputs) => action(outputs[0]?.[0] as number);

/** Each network with the metadata that it was trained by, and which of its outputs is the action. */
const table: Readonly<Record<string, readonly [metadata: string, reading: Reading]>> = {
  'sb3-ppo': [ppo, pair(0)],
  'sb3-ppo-discrete': [five, numbered],
  'sb3-a2c-colour': [ppo, pair(0)],
  'sb3-dqn': [five, numbered],
  // The actor ends in tanh: what SAC's mean goes through is in it.
  'sb3-sac': [sac, pair(0)],
  'actor-value': [ppo, pair(0)],
  'value-actor': [ppo, pair(1)],
  'mean-std': [ppo, pair(0)],
  'std-mean-unnamed': [ppo, pair(1)],
  'log-std-mu': [sac, pair(1, Math.tanh)],
  'probs-value': [five, largest(0)],
  'value-probs': [five, largest(1)],
  'log-probs': [five, largest(0)],
  'speed-steering': [ppo, ([speed, steering]) => spread(steering?.[0] as number, speed?.[0] as number)],
  colour: [ppo, pair(0)],
  'colour-last': [ppo, pair(0)],
  'open-size': [ppo, pair(0)],
  'open-all': [ppo, pair(0)],
  'rllib-continuous': [ppo, pair(0)],
  'rllib-discrete': [five, largest(0)],
  'many-layers': [ppo, pair(0)],
  float16: [ppo, pair(0)],
};

let folder: string;
let expected: Expected;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-exported-'));
  expected = JSON.parse(await readFile(join(networks, 'expected.json'), 'utf8')) as Expected;
});
afterAll(() => rm(folder, { recursive: true }));

async function alone(name: string, metadata?: string): Promise<string> {
  const own = await mkdtemp(join(folder, 'alone-'));
  await mkdir(own, { recursive: true });
  await copyFile(join(networks, `${name}.onnx`), join(own, 'pilot.onnx'));
  if (metadata !== undefined) await writeFile(join(own, 'model_metadata.json'), metadata);
  return join(own, 'pilot.onnx');
}

describe('a network that PyTorch exported drives as PyTorch would', () => {
  it.each(Object.entries(table))('%s', async (name, [metadata, reading]) => {
    const { policy } = await loadModel(await alone(name, metadata));
    for (const [at, camera] of pictures.entries()) {
      const { action: taken } = await policy.decide({ camera });
      const wanted = reading(expected[name]?.[at] as Numbers);
      // float16 has three digits.
      const digits = name === 'float16' ? 0 : 2;
      expect(taken.steeringDeg).toBeCloseTo(wanted.steeringDeg, digits);
      expect(taken.speedMps).toBeCloseTo(wanted.speedMps, digits);
    }
    await policy.close();
  });

  it('is refused where it came without its metadata, whatever it is', async () => {
    for (const name of Object.keys(table))
      await expect(loadModel(await alone(name)), name).rejects.toMatchObject({
        code: 'graph-invalid',
        message: expect.stringMatching(/came without model_metadata\.json/),
      });
  });

  it('is refused with the metadata of another kind of model', async () => {
    for (const [name, [metadata]] of Object.entries(table))
      await expect(loadModel(await alone(name, metadata === five ? ppo : five)), name).rejects.toMatchObject({
        code: 'graph-invalid',
        message: expect.stringMatching(/belong to different models/),
      });
  });

  it('is every network that was exported', async () => {
    const files = (await readdir(networks)).filter((file) => file.endsWith('.onnx'));
    expect(files.sort()).toEqual(
      Object.keys(table)
        .map((name) => `${name}.onnx`)
        .sort(),
    );
    expect(Object.keys(expected).sort()).toEqual(Object.keys(table).sort());
  });
});
