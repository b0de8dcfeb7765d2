import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckpointChoice, loadModel } from '@pitwall/agent/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { casePath, expectedOf, framePlane, frames, haveCases } from './cases.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-cases-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function decisions(path: string, checkpoint?: CheckpointChoice) {
  const model = await loadModel(path, checkpoint === undefined ? {} : { checkpoint });
  const of = new Map<string, Awaited<ReturnType<typeof model.policy.decide>>>();
  for (const frame of frames) of.set(frame, await model.policy.decide({ camera: framePlane(frame) }));
  await model.policy.close();
  return { model, of };
}

describe.runIf(haveCases)('networks as people hand them in', () => {
  it.each(['linear-usual-order', 'linear-outputs-swapped', 'linear-outputs-swapped-no-signature'])(
    'Donkeycar %s.tflite',
    async (name) => {
      const expected = expectedOf<{ frames: Record<string, { angle: number; throttle: number }> }>(
        'M09-donkeycar-tflite/expected.json',
      );
      const { of } = await decisions(casePath(`M09-donkeycar-tflite/${name}.tflite`));
      for (const frame of frames) {
        const { angle, throttle } = expected.frames[frame] as { angle: number; throttle: number };
        expect(of.get(frame)?.action.steeringDeg).toBeCloseTo(-30 * angle, 3);
        expect(of.get(frame)?.action.speedMps).toBeCloseTo(4 * throttle, 4);
      }
    },
  );

  it.each([
    ['inferred-one-output-angle-only', /nothing says what its numbers mean/],
    ['memory-two-inputs', /mem_in.*what was done before/],
    ['sequence-5d-input', /several frames at once/],
    ['uint8-quantised', /quantised; export the network in float32/],
  ])('Donkeycar %s.tflite is refused', async (name, why) => {
    await expect(loadModel(casePath(`M09-donkeycar-tflite/${name}.tflite`))).rejects.toMatchObject({
      message: expect.stringMatching(why),
    });
  });

  it.each([
    'nchw-dynamic-batch-opset17',
    'nchw-dynamic-batch-opset21-ir10',
    'nhwc-transpose-first',
    'weights-listed-as-inputs-opset9-ir3',
    'no-shapes-at-all',
  ])('ONNX %s: with metadata its means are driven, without it is refused', async (name) => {
    const path = join(folder, 'pilot.onnx');
    await copyFile(casePath(`M10-onnx-variants/${name}.onnx`), path);
    await rm(join(folder, 'model_metadata.json'), { force: true });
    await expect(loadModel(path)).rejects.toMatchObject({ message: expect.stringMatching(/DeepRacer.*Donkeycar/) });
    const space = { steering_angle: { low: -30, high: 30 }, speed: { low: 0.5, high: 2 } };
    await writeFile(join(folder, 'model_metadata.json'), JSON.stringify({ action_space: space, version: '5' }));
    const expected = expectedOf<{ frames: Record<string, { mean: [number, number] }> }>(
      'M10-onnx-variants/expected.json',
    );
    const { of } = await decisions(path);
    for (const frame of frames) {
      const [steering, speed] = (expected.frames[frame] as { mean: [number, number] }).mean.map((value) =>
        Math.min(1, Math.max(-1, value)),
      ) as [number, number];
      expect(of.get(frame)?.action.steeringDeg).toBeCloseTo(30 * steering, 3);
      expect(of.get(frame)?.action.speedMps).toBeCloseTo(0.5 + 0.75 * (speed + 1), 4);
    }
  });

  const bestAndLast = [
    ['empty-checkpoints-json', 146, 146, /is empty; the newest checkpoint, 146/],
    ['no-checkpoints-json', 146, 146, /has no deepracer_checkpoints\.json/],
    ['best-was-purged', 146, 146, /140 as the best, which is not in the archive/],
    ['best-and-last-null', 145, 145, /names no best/],
  ] as const;
  it.each(bestAndLast)('the checkpoints of %s', async (name, best, last, note) => {
    const path = casePath(`M07-checkpoint-files/${name}.tar.gz`);
    const expected = expectedOf<Record<string, Record<string, number>>>('M07-checkpoint-files/expected.json');
    const choices = [
      [undefined, best],
      ['best', best],
      ['last', last],
      [144, 144],
      [145, 145],
    ] as const;
    for (const [choice, number] of choices) {
      const { model, of } = await decisions(path, choice);
      expect(model.checkpoint.number).toBe(number);
      expect(model.notes.join(' ')).toMatch(note);
      for (const frame of frames) expect(of.get(frame)?.action.index).toBe(expected[number]?.[frame]);
    }
  });
});
