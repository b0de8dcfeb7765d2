import { observationSize, progressPoint, Random, World } from '@pitwall/agent/simulator';
import type { Policy } from '@pitwall/protocol/policy';
import type { Track } from '@pitwall/protocol/track';
import { type Conditions, lockStep, Ride, randomStart } from './ride.js';

export interface Lap {
  /** Once round, from a standing start, without all four wheels off the road. */
  readonly completed: boolean;
  readonly seconds: number;
  /** How far it came: 100 for a completed lap. */
  readonly progressPct: number;
  /** Share of frames with at least one wheel off the road. */
  readonly wheelOffShare: number;
}

export interface LapsOptions {
  readonly laps: number;
  readonly seed: number;
  /** Looks of the place (seeds), one lap each in turn; absent: the track's own. */
  readonly looks?: readonly number[];
  readonly conditions?: Conditions;
}

/** Slower than this, on average, is not driving. */
const leastMps = 0.4;

/** Drives single laps from random starts, in lock-step: the same seed starts at the same places. */
export async function driveLaps(policy: Policy, track: Track, options: LapsOptions): Promise<Lap[]> {
  const { laps, seed, looks = [0], conditions = lockStep } = options;
  const random = new Random(seed);
  const worlds = looks.map((look) => new World({ track, seed: look }));
  const driven: Lap[] = [];
  for (let i = 0; i < laps; i++) {
    const ride = new Ride(worlds[i % worlds.length] as World, conditions, random);
    ride.place(randomStart(track, random));
    driven.push(await driveLap(policy, ride));
  }
  return driven;
}

async function driveLap(policy: Policy, ride: Ride): Promise<Lap> {
  const { world } = ride;
  const { lengthM } = world.track;
  const camera = new Uint8Array(observationSize.width * observationSize.height);
  const place = () => {
    const { x, y } = progressPoint(world.pose());
    return world.track.locate(x, y).along;
  };
  let [along, driven, frames, wheelOff] = [place(), 0, 0, 0];
  const lap = (completed: boolean): Lap => ({
    completed,
    seconds: ride.seconds,
    progressPct: Math.max(0, Math.min(100, (driven / lengthM) * 100)),
    wheelOffShare: wheelOff / Math.max(1, frames),
  });
  while (ride.seconds < lengthM / leastMps) {
    world.renderGrey(camera);
    const { action } = await policy.decide({ camera });
    ride.frame(action);
    frames += 1;
    const now = place();
    const moved = now - along;
    driven += moved - lengthM * Math.round(moved / lengthM);
    along = now;
    const wheels = world.wheelsOnRoad();
    if (wheels.some((on) => !on)) wheelOff += 1;
    if (wheels.every((on) => !on)) return lap(false);
    if (driven >= lengthM) return lap(true);
  }
  return lap(false);
}

export interface LapSummary {
  readonly laps: number;
  readonly completed: number;
  readonly meanProgressPct: number;
  /** Of completed laps; NaN where there are none. */
  readonly meanSeconds: number;
  readonly wheelOffShare: number;
}

export function summary(laps: readonly Lap[]): LapSummary {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const completed = laps.filter((lap) => lap.completed);
  return {
    laps: laps.length,
    completed: completed.length,
    meanProgressPct: mean(laps.map((lap) => lap.progressPct)),
    meanSeconds: mean(completed.map((lap) => lap.seconds)),
    wheelOffShare: mean(laps.map((lap) => lap.wheelOffShare)),
  };
}
