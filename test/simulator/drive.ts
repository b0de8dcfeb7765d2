import { defaultRules, observerOf, runTrials } from '@pitwall/agent/evaluation';
import { Expert, type World } from '@pitwall/agent/simulator';
import type { BatchPolicy, Decision, Observation, Policy } from '@pitwall/protocol/policy';
import { buildTrack, type Direction, type Track, TrackDescription } from '@pitwall/protocol/track';

/** An oval of about so many metres that keeps the building rules. */
export function ovalOf(lengthM: number): Track {
  const radiusM = 1.2;
  const straight = { kind: 'straight', lengthM: lengthM / 2 - Math.PI * radiusM };
  const arc = { kind: 'arc', radiusM, turnDeg: 180 };
  return buildTrack(
    TrackDescription.parse({
      version: 1,
      id: `oval-${lengthM}`,
      name: `Oval of ${lengthM} m`,
      widthM: 0.66,
      borderM: 0.05,
      dash: { lengthM: 0.1016, gapM: 0.0508, widthM: 0.0254 },
      startLineM: 1,
      lookSeed: 0,
      segments: [straight, arc, straight, arc],
    }),
  );
}

export interface Drive {
  readonly steps: number;
  readonly seconds: number;
}

/**
 * Laps in lock-step, as an evaluation drives them, so many trials side by side. `policy` sees and decides every frame, but the
 * expert's action is taken, so that the car stays on the road whatever the network is worth; without a policy only inference
 * is missing.
 */
export async function driveLaps(world: World, laps: number, policy?: Policy | BatchPolicy, trials = 1): Promise<Drive> {
  const expert = new Expert(world.track);
  const output = new Float32Array();
  const decideAll = async (observations: readonly (Observation & { world?: World })[]): Promise<Decision[]> => {
    if (policy !== undefined && 'decideAll' in policy) await policy.decideAll(observations);
    else if (policy !== undefined) for (const observation of observations) await policy.decide(observation);
    return observations.map((seen) => ({ action: expert.decide((seen.world ?? world).state()), output }));
  };
  const driver: BatchPolicy = {
    most: 16,
    decideAll,
    decide: async (observation) => (await decideAll([observation]))[0] as Decision,
    close: async () => {},
  };
  const direction: Direction = world.track.direction;
  const rules = { ...defaultRules, direction, trials, laps, timeLimit: null };
  const observer = () => {
    const see = observerOf({ camera: 'FRONT_FACING_CAMERA' });
    return (of: World) => ({ ...see(of), world: of });
  };
  const begun = process.hrtime.bigint();
  const { steps } = await runTrials({ world, policy: driver, rules, observer, seed: 1 });
  return { steps, seconds: Number(process.hrtime.bigint() - begun) / 1e9 };
}
