import type { Action } from '@pitwall/protocol/policy';

type Listed = Pick<Action, 'steeringDeg' | 'speedMps'>;

/**
 * What a discrete head should say where the teacher would do `wanted`: probabilities over the action list, shared between the
 * neighbouring steering angles, and for each of these between its neighbouring speeds, by how near they are.
 */
export function target(actions: readonly Listed[], wanted: Listed): Float32Array {
  const probabilities = new Float32Array(actions.length);
  for (const [steeringDeg, share] of shares(
    actions.map((action) => action.steeringDeg),
    wanted.steeringDeg,
  )) {
    const alike = actions.filter((action) => action.steeringDeg === steeringDeg);
    for (const [speedMps, part] of shares(
      alike.map((action) => action.speedMps),
      wanted.speedMps,
    )) {
      const index = actions.findIndex((action) => action.steeringDeg === steeringDeg && action.speedMps === speedMps);
      probabilities[index] = share * part;
    }
  }
  return probabilities;
}

/** The two values next to `wanted`, or the outermost one, and how much of it each is. */
function shares(values: readonly number[], wanted: number): [value: number, share: number][] {
  const below = Math.max(...values.filter((value) => value <= wanted));
  const above = Math.min(...values.filter((value) => value >= wanted));
  if (!Number.isFinite(below)) return [[above, 1]];
  if (!Number.isFinite(above) || above === below) return [[below, 1]];
  const share = (wanted - below) / (above - below);
  return [
    [below, 1 - share],
    [above, share],
  ];
}
