import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type LoadedModel, loadModel } from '@pitwall/agent/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { course, demoCourse, unseenCourses } from './courses.js';
import { driveLaps, summary } from './laps.js';
import { liveCar } from './ride.js';

const archive = (name: string) => fileURLToPath(new URL(`../${name}.tar.gz`, import.meta.url));
const sample = archive('sample');
const training = archive('sample-training');
const megabyte = 1e6;
/** The place's own look, and four that training did not draw. */
const looks = [0, 9001, 9002, 9003, 9004];

describe('the sample model', () => {
  let model: LoadedModel;
  beforeAll(async () => {
    model = await loadModel(sample);
  });
  afterAll(() => model.policy.close());

  it('is a discrete model for the front camera, under 6 MB', () => {
    expect(statSync(sample).size).toBeLessThan(6 * megabyte);
    expect(model.metadata).toMatchObject({ algorithm: 'clipped_ppo', camera: 'FRONT_FACING_CAMERA' });
    expect(model.metadata.actionSpace.kind).toBe('discrete');
  });

  it('completes at least 19 of 20 laps of the demo track, at a brisk pace', async () => {
    const result = summary(await driveLaps(model.policy, course(demoCourse), { laps: 20, seed: 1, looks }));
    expect(result.completed).toBeGreaterThanOrEqual(19);
    expect(course(demoCourse).lengthM / result.meanSeconds).toBeGreaterThan(1.4);
  });

  it.each(unseenCourses)('completes 10 of 10 laps of %s, which it was not trained on', async (name) => {
    const result = summary(await driveLaps(model.policy, course(name), { laps: 10, seed: 2, looks: [0, 9001] }));
    expect(result.completed).toBe(10);
  });

  it('drives at a live car’s pace too: 30 frames a second, up to two frames late, the other way round', async () => {
    const options = { laps: 5, seed: 3, looks: [0, 9002], conditions: liveCar };
    for (const track of [course(demoCourse), course(demoCourse).reversed()]) {
      expect(summary(await driveLaps(model.policy, track, options)).completed).toBe(5);
    }
  });
});

describe('the training archive', () => {
  it('holds four checkpoints under 20 MB, from useless to good, and the last is not the best', async () => {
    expect(statSync(training).size).toBeLessThan(20 * megabyte);
    const { checkpoints, policy } = await loadModel(training);
    await policy.close();
    expect(checkpoints).toHaveLength(4);
    const progress: number[] = [];
    for (const checkpoint of checkpoints) {
      const loaded = await loadModel(training, { checkpoint: checkpoint.number as number });
      const result = summary(await driveLaps(loaded.policy, course(demoCourse), { laps: 5, seed: 4 }));
      await loaded.policy.close();
      progress.push(result.meanProgressPct);
    }
    const [first = 0, second = 0, third = 0, last = 0] = progress;
    expect(first).toBeLessThan(20);
    expect(second).toBeGreaterThan(first);
    expect(third).toBe(100);
    expect(last).toBeLessThan(95);
    expect(checkpoints.map(({ best }) => best)).toEqual([false, false, true, false]);
    expect(checkpoints.map((one) => one.last)).toEqual([false, false, false, true]);
  });

  it('has the sample model as its best checkpoint', async () => {
    const [one, best] = await Promise.all([loadModel(sample), loadModel(training, { checkpoint: 'best' })]);
    expect(best.golden.output).toEqual(one.golden.output);
    await Promise.all([one.policy.close(), best.policy.close()]);
  });
});
