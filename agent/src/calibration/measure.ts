import { PitwallError } from '@pitwall/protocol';

/** What a measuring run left in a recording. Times in s of one clock; crossings in s of the gate's own. */
export interface MeasuringRun {
  /** Shares of lock and throttle, each until the next. */
  readonly setpoints: readonly { readonly at: number; readonly steering: number; readonly throttle: number }[];
  /** Degrees a second to the left. */
  readonly turns: readonly { readonly at: number; readonly left: number }[];
  /** `at`: when the car heard of it. */
  readonly crossings: readonly { readonly at: number; readonly gate: string; readonly stamp: number }[];
}

export interface Course {
  /** Metres from crossing to crossing. */
  readonly length: number;
  /** Metres between the axles. */
  readonly wheelbase: number;
}

export type Pairs = readonly (readonly [value: number, share: number])[];

/** Shares that differ by less are the same: the hand on a keyboard or stick is steadier. */
const sameShare = 0.025;
/** A hand may slip on so much of a lap. */
const slips = 0.03;
/** A car that just began to turn does not turn steadily yet, in s. */
const settles = 0.5;
/** Less than this is no stretch to average over, in s. */
const least = 1;
const radians = Math.PI / 180;

/**
 * What a car's shares are in the world: m/s from laps of a known length at a steady throttle, degrees from the yaw rate at a
 * steady steering, by the single-track model `tan δ = wheelbase · ω / v`.
 * @throws PitwallError `calibration-invalid` where the run does not tell
 */
export function measure(run: MeasuringRun, course: Course): { readonly speed: Pairs; readonly steering: Pairs } {
  const speed = speeds(run, course);
  if (speed.length === 0) {
    throw new PitwallError(
      'calibration-invalid',
      'No lap of this recording was driven at a steady throttle; hold one from crossing to crossing, twice as fast once.',
    );
  }
  const steering = angles(run, course, speed);
  if (steering.length < 2) {
    throw new PitwallError(
      'calibration-invalid',
      'This recording has fewer than two steady turns; hold the steering for two seconds, to both sides, at a throttle of a lap.',
    );
  }
  return { speed: throughZero(speed), steering: throughZero(steering) };
}

function speeds({ setpoints, crossings }: MeasuringRun, { length }: Course): Pairs {
  const found: [number, number][] = [];
  for (const [i, crossing] of crossings.entries()) {
    const next = crossings.slice(i + 1).find(({ gate }) => gate === crossing.gate);
    if (next === undefined || next.stamp <= crossing.stamp) continue;
    const throttles = setpoints
      .filter(({ at }) => at >= crossing.at && at < next.at)
      .map(({ throttle }) => throttle)
      .sort((a, b) => a - b);
    const usual = throttles[Math.floor(throttles.length / 2)];
    if (usual === undefined || usual <= sameShare) continue;
    const off = throttles.filter((throttle) => Math.abs(throttle - usual) > sameShare).length;
    if (off <= slips * throttles.length) found.push([length / (next.stamp - crossing.stamp), usual]);
  }
  return byShare(found);
}

function angles({ setpoints, turns }: MeasuringRun, { wheelbase }: Course, speed: Pairs): Pairs {
  const found: [number, number][] = [];
  for (let first = 0; first < setpoints.length; ) {
    const begun = setpoints[first]!;
    let end = first + 1;
    while (end < setpoints.length && isSame(setpoints[end]!, begun)) end += 1;
    const from = begun.at + settles;
    const until = setpoints[end]?.at ?? setpoints.at(-1)!.at;
    const metresPerSecond = speedAt(speed, begun.throttle);
    const felt = turns.filter(({ at }) => at >= from && at <= until).map(({ left }) => left);
    if (until - from >= least && felt.length > 0 && metresPerSecond !== undefined) {
      const delta = Math.atan((wheelbase * mean(felt) * radians) / metresPerSecond) / radians;
      found.push([delta, begun.steering]);
    }
    first = end;
  }
  return byShare(found);
}

const isSame = (
  a: { readonly steering: number; readonly throttle: number },
  b: { readonly steering: number; readonly throttle: number },
): boolean => Math.abs(a.steering - b.steering) < sameShare && Math.abs(a.throttle - b.throttle) < sameShare;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** At a throttle that was measured, or between two that were. */
function speedAt(speed: Pairs, throttle: number): number | undefined {
  const exact = speed.find(([, share]) => Math.abs(share - throttle) < 2 * sameShare);
  if (exact !== undefined) return exact[0];
  const after = speed.findIndex(([, share]) => share > throttle);
  if (after <= 0) return undefined;
  const [[v0, s0], [v1, s1]] = [speed[after - 1]!, speed[after]!];
  return v0 + ((throttle - s0) / (s1 - s0)) * (v1 - v0);
}

/** Neighbours of one share are one pair, their mean; ascending by share. */
function byShare(found: readonly (readonly [number, number])[]): Pairs {
  const groups: (readonly [number, number])[][] = [];
  for (const pair of [...found].sort((a, b) => a[1] - b[1])) {
    const last = groups.at(-1);
    if (last !== undefined && pair[1] - last[0]![1] < 2 * sameShare) last.push(pair);
    else groups.push([pair]);
  }
  return groups.map((group) => [mean(group.map(([value]) => value)), mean(group.map(([, share]) => share))]);
}

/** A profile wants at least two pairs that ascend: nothing is nothing. */
function throughZero(pairs: Pairs): Pairs {
  const round = (value: number, to: number) => Math.round(value * to) / to;
  const withRest = pairs.some(([, share]) => Math.abs(share) < sameShare) ? pairs : [...pairs, [0, 0] as const];
  const sorted = withRest
    .map(([value, share]) => [round(value, 100), round(share, 1000)] as const)
    .sort((a, b) => a[1] - b[1]);
  if (sorted.some(([value], i) => i > 0 && value <= sorted[i - 1]![0])) {
    throw new PitwallError(
      'calibration-invalid',
      'More throttle or lock did not give more speed or turn in this recording: check polarity, grip and battery, and drive again.',
    );
  }
  return sorted;
}
