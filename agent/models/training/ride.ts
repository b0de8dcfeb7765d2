import type { Pose, Random, Setpoint, World } from '@pitwall/agent/simulator';
import type { Track } from '@pitwall/protocol/track';

/** What differs from car to car, and between lock-step and a live car. */
export interface Conditions {
  readonly framesPerSecond: number;
  /** Seconds from a frame to the wheels: drawn anew for each frame between these. */
  readonly delayS: readonly [number, number];
  /** A car that is not well calibrated. */
  readonly steeringGain: number;
  readonly steeringOffsetDeg: number;
  readonly speedGain: number;
}

/** An evaluation in lock-step. */
export const lockStep: Conditions = {
  framesPerSecond: 15,
  delayS: [0, 0],
  steeringGain: 1,
  steeringOffsetDeg: 0,
  speedGain: 1,
};

/** A live car: 30 frames a second, one to two frames from a frame to the wheels. */
export const liveCar: Conditions = { ...lockStep, framesPerSecond: 30, delayS: [0.033, 0.066] };

const standing: Setpoint = { steeringDeg: 0, speedMps: 0 };

/** Drives a world frame by frame under the given conditions. */
export class Ride {
  readonly world: World;
  readonly conditions: Conditions;
  readonly #random: Random;
  #seconds = 0;
  #frames = 0;
  #active = standing;
  #pending: { at: number; setpoint: Setpoint }[] = [];

  constructor(world: World, conditions: Conditions, random: Random) {
    this.world = world;
    this.conditions = conditions;
    this.#random = random;
  }

  get seconds(): number {
    return this.#seconds;
  }

  /** Sets the car down, standing, with nothing on its way to the wheels. */
  place(pose: Pose): void {
    this.world.place(pose);
    this.#active = standing;
    this.#pending = [];
  }

  /** Lets one frame's time pass; the setpoint that the frame led to takes effect after its delay. */
  frame(setpoint: Setpoint): void {
    const { framesPerSecond, delayS, steeringGain, steeringOffsetDeg, speedGain } = this.conditions;
    const end = (this.#frames + 1) / framesPerSecond;
    const at = this.#seconds + this.#random.between(delayS[0], delayS[1]);
    const steeringDeg = Math.max(-30, Math.min(30, setpoint.steeringDeg * steeringGain + steeringOffsetDeg));
    this.#pending.push({ at, setpoint: { steeringDeg, speedMps: setpoint.speedMps * speedGain } });
    for (;;) {
      const next = this.#pending[0];
      if (next === undefined || next.at >= end) break;
      this.#pending.shift();
      this.#advance(next.at);
      this.#active = next.setpoint;
    }
    this.#advance(end);
    this.#frames += 1;
  }

  #advance(to: number): void {
    const seconds = to - this.#seconds;
    if (seconds <= 1e-9) return;
    this.world.step(seconds, this.#active);
    this.#seconds = to;
  }
}

/** Anywhere along the track, up to `spreadM` beside the centre line and `spreadDeg` off its direction. */
export function randomStart(track: Track, random: Random, spreadM = 0.12, spreadDeg = 10): Pose {
  const along = random.between(0, track.lengthM);
  const { x, y, heading } = track.beside(along, random.between(-spreadM, spreadM));
  return { x, y, yaw: heading + (random.between(-spreadDeg, spreadDeg) * Math.PI) / 180 };
}
