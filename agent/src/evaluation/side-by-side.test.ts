import { fileURLToPath } from 'node:url';
import type { Micros } from '@pitwall/protocol';
import type { BatchPolicy, Decision, Observation } from '@pitwall/protocol/policy';
import { beforeAll, describe, expect, it } from 'vitest';
import { type LoadedModel, loadModel } from '../model/index.js';
import { readTrack, World } from '../simulator/index.js';
import { defaultRules, type EvaluationRules, observerOf, type Run, runTrials } from './index.js';
import { SharedPolicy } from './shared-policy.js';

const archive = fileURLToPath(new URL('../../models/sample-training.tar.gz', import.meta.url));
const track = readTrack('oval');

describe('trials side by side', () => {
  let model: LoadedModel;
  beforeAll(async () => {
    // A checkpoint that leaves the track now and then.
    model = await loadModel(archive, { checkpoint: 5 });
    await model.alignBatches();
  });

  const drive = (sideBySide: number, rules: Partial<EvaluationRules>): Promise<Run> =>
    runTrials({
      world: new World({ track, seed: 3, raceType: rules.raceType ?? defaultRules.raceType }),
      policy: model.policy,
      rules: {
        ...defaultRules,
        direction: track.direction,
        laps: 1,
        resets: { ...defaultRules.resets, perLap: 2 },
        ...rules,
      },
      observer: () => observerOf(model.metadata),
      seed: 3,
      sideBySide,
    });

  it.each([
    ['a time trial', { trials: 4 }],
    ['bots', { trials: 3, raceType: { type: 'head-to-bot', bots: 2, speedMps: 0.2, laneChange: { min: 1, max: 4 } } }],
    ['a time limit that ends within the third', { trials: 4, timeLimit: 25_000_000 as Micros }],
    ['a time limit that ends within the first', { trials: 3, timeLimit: 5_000_000 as Micros }],
  ] as [string, Partial<EvaluationRules>][])(
    'are to the last bit what they are one by one: %s',
    async (_, rules) => {
      const alone = await drive(1, rules);
      expect(await drive(rules.trials === 4 ? 3 : 16, rules)).toEqual(alone);
      expect(alone.laps.map(({ lap }) => lap)).toEqual(alone.laps.map((__, i) => i + 1));
      expect(alone.rows.every(({ timeS }, i) => i === 0 || timeS >= (alone.rows[i - 1]?.timeS ?? 0))).toBe(true);
      if (rules.timeLimit != null) {
        expect(alone.laps.at(-1)?.end).toBe('time_up');
        expect(alone.rows.at(-1)?.timeS).toBeLessThanOrEqual(rules.timeLimit / 1e6);
      }
    },
    60_000,
  );

  it('each first trial is the same, however many follow', async () => {
    const [one, four] = [await drive(16, { trials: 1 }), await drive(16, { trials: 4 })];
    expect(four.rows.slice(0, one.rows.length)).toEqual(one.rows);
    expect(four.laps[0]).toEqual(one.laps[0]);
  }, 60_000);
});

describe('a policy that several trials share', () => {
  const see = (value: number): Observation => ({ camera: Uint8Array.of(value) });
  const runs: number[][] = [];
  const policy: BatchPolicy = {
    most: 16,
    decideAll: async (observations) => {
      runs.push(observations.map(({ camera }) => camera[0] as number));
      return observations.map(({ camera }): Decision => {
        if (camera[0] === 99) throw new Error('no');
        return { action: { steeringDeg: camera[0] as number, speedMps: 1 }, output: new Float32Array() };
      });
    },
    decide: async () => {
      throw new Error('not alone');
    },
    close: async () => {},
  };

  it('waits for all that are under way, and for nobody who left', async () => {
    const shared = new SharedPolicy(policy);
    const [a, b, c] = [shared.join(), shared.join(), shared.join()];
    const first = a.decide(see(1));
    const second = b.decide(see(2));
    expect(runs).toEqual([]);
    c.leave();
    expect((await Promise.all([first, second])).map(({ action }) => action.steeringDeg)).toEqual([1, 2]);
    c.leave();
    b.leave();
    expect((await a.decide(see(3))).action.steeringDeg).toBe(3);
    expect(runs).toEqual([[1, 2], [3]]);
  });

  it('tells each of its trials when a run fails', async () => {
    const shared = new SharedPolicy(policy);
    const [a, b] = [shared.join(), shared.join()];
    const both = await Promise.allSettled([a.decide(see(1)), b.decide(see(99))]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
