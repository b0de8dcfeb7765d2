import { setTimeout as pause } from 'node:timers/promises';
import { goldenImage, type LoadedModel, observe } from '../model/index.js';
import { absent, type Check, failed, ok, warning } from './check.js';

export interface ModelToCheck {
  /** Loads it with every check. */
  readonly load: () => Promise<LoadedModel>;
  /** What it decided on the golden image when it was staged. */
  readonly staged?: { readonly steeringDeg: number; readonly speedMps: number } | undefined;
}

const runs = 40;

/** The model loads, decides on the golden image as it did when it was staged, and is fast enough for the camera. */
export const modelCheck = (model: ModelToCheck | undefined, rate: number): Check => ({
  name: 'model',
  run: async () => {
    if (model === undefined) return absent('no model is configured or loaded: the car is driven by hand only');
    const loaded = await model.load();
    try {
      const { steeringDeg, speedMps } = loaded.golden.action;
      const decides = `${loaded.name}: golden image ${steeringDeg.toFixed(1)}° ${speedMps.toFixed(2)} m/s`;
      const { staged } = model;
      if (
        staged !== undefined &&
        (Math.abs(staged.steeringDeg - steeringDeg) > 0.01 || Math.abs(staged.speedMps - speedMps) > 0.01)
      ) {
        const then = `${staged.steeringDeg.toFixed(1)}° ${staged.speedMps.toFixed(2)} m/s`;
        return failed(`${decides}, and was ${then} when it was staged`, 'Delete it from the car and stage it again.');
      }
      const took = await median(loaded);
      const found = `${decides} in ${took.toFixed(1)} ms`;
      return took > 1000 / rate
        ? warning(found, `It is too slow for ${rate} frames/s: lower the camera’s rate or take a smaller network.`)
        : ok(found);
    } finally {
      await loaded.policy.close();
    }
  },
});

async function median(loaded: LoadedModel): Promise<number> {
  const observation = observe(loaded, goldenImage(1));
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const begun = performance.now();
    await loaded.policy.decide(observation);
    times.push(performance.now() - begun);
    await pause(1);
  }
  return times.sort((a, b) => a - b)[runs / 2] as number;
}
