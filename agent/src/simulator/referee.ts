import type { StepStatus } from '@pitwall/protocol/simtrace';
import type { Lane, Track } from '@pitwall/protocol/track';
import { type Pose, progressPoint, wheels } from './car.js';

export type Verdict = Extract<
  StepStatus,
  'in_progress' | 'off_track' | 'crashed' | 'immobilized' | 'reversed' | 'lap_complete'
>;

/** A car that moves less than this a step stands. */
const standsM = 0.0003;
/** So many steps in a row make a car immobilised, or reversed. */
const patience = 15;

export interface Judgement {
  readonly verdict: Verdict;
  /** 0 to 100; below 0 behind the start line. */
  readonly progressPct: number;
  readonly wheelsOnRoad: number;
  /** The point of the centre line nearest to the car's front. */
  readonly waypoint: number;
}

/**
 * Watches one car by the cloud simulator's mechanics: progress of its front along the centre line, off track when no wheel
 * is on the road, immobilised, reversed, lap complete. It sees poses only, so logs are judged by the same code.
 */
export class Referee {
  readonly #track: Track;
  /** Metres of the lap that the front has come, counted through the start line. */
  #driven = 0;
  /** Where on the lap the front was last. */
  #along = 0;
  #last: Pose | undefined;
  #standing = 0;
  #falling = 0;

  constructor(track: Track) {
    this.#track = track;
  }

  /** A lap begins here; a car a little behind the line has negative progress. */
  begin(pose: Pose): Judgement {
    const place = this.#placeOf(pose);
    this.#along = place.along;
    this.#driven = place.along > this.#track.lengthM / 2 ? place.along - this.#track.lengthM : place.along;
    this.#forget(pose);
    return this.#judgement('in_progress', pose, place.segment);
  }

  /** The car was set down somewhere else in the same lap. */
  setDown(pose: Pose): Judgement {
    const { segment } = this.#advance(pose);
    this.#forget(pose);
    return this.#judgement('in_progress', pose, segment);
  }

  /** The next lap goes on without a stop. */
  nextLap(): void {
    this.#driven -= this.#track.lengthM;
  }

  judge(pose: Pose, crashed: boolean): Judgement {
    const before = this.#driven;
    const { segment } = this.#advance(pose);
    const last = this.#last ?? pose;
    this.#standing = Math.hypot(pose.x - last.x, pose.y - last.y) < standsM ? this.#standing + 1 : 0;
    this.#falling = this.#driven < before - 1e-9 ? this.#falling + 1 : 0;
    this.#last = pose;
    const onRoad = this.#wheelsOnRoad(pose);
    return this.#judgement(this.#verdict(onRoad, crashed), pose, segment, onRoad);
  }

  /** Where the simulator sets an off-track car down: at its progress, in the middle of the nearer lane. */
  nearerLane(pose: Pose): { readonly lane: Lane; readonly along: number } {
    const { offset } = this.#track.locate(pose.x, pose.y);
    const lane: Lane = offset > 0 === this.#track.laneOffset('inner') > 0 ? 'inner' : 'outer';
    return { lane, along: this.#driven };
  }

  #verdict(onRoad: number, crashed: boolean): Verdict {
    // First, as the cloud simulator looks: who finishes off the road or in a box has finished.
    if (this.#driven >= this.#track.lengthM) return 'lap_complete';
    if (crashed) return 'crashed';
    if (onRoad === 0) return 'off_track';
    if (this.#standing >= patience) return 'immobilized';
    if (this.#falling >= patience) return 'reversed';
    return 'in_progress';
  }

  #forget(pose: Pose): void {
    this.#last = pose;
    this.#standing = 0;
    this.#falling = 0;
  }

  #placeOf(pose: Pose): { along: number; segment: number } {
    const front = progressPoint(pose);
    return this.#track.locate(front.x, front.y);
  }

  #advance(pose: Pose): { along: number; segment: number } {
    const { lengthM } = this.#track;
    const place = this.#placeOf(pose);
    const step = place.along - this.#along;
    this.#driven += step - lengthM * Math.round(step / lengthM);
    this.#along = place.along;
    return place;
  }

  #wheelsOnRoad(pose: Pose): number {
    let count = 0;
    for (const { x, y } of wheels(pose)) if (this.#track.isOnRoad(x, y)) count++;
    return count;
  }

  #judgement(verdict: Verdict, pose: Pose, waypoint: number, onRoad = this.#wheelsOnRoad(pose)): Judgement {
    const progressPct = Math.min(100, (this.#driven / this.#track.lengthM) * 100);
    return { verdict, progressPct, wheelsOnRoad: onRoad, waypoint };
  }
}
