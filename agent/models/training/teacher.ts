import { briskPivotM, Expert, type Setpoint, steeringFor, type World } from '@pitwall/agent/simulator';
import type { Track } from '@pitwall/protocol/track';

/** Brisk, within what the camera lets one foresee. */
const pace = { topMps: 2.3, leastMps: 1.1, gripMps2: 1.7, brakeMps2: 2 } as const;
/** The speed at which the teacher believes to be driving. */
const believedMps = 1.7;
/** Bend to ask for: per metre beside the centre line, and per radian off its direction. */
const perMetre = 1.8;
const perRadian = 2.8;
/** Further beside the line or turned further away than these, it slows down: per metre, and per radian. */
const beside = { freeM: 0.1, slowerMps: 5 } as const;
const away = { freeRad: 0.12, slowerMps: 2.5 } as const;
/** Steering and yaw lag behind: the road's bend is taken from this far ahead, over this far to both sides of it. */
const previewM = 0.45;
const windowM = 0.2;

/**
 * The driver whom the model imitates: follows the centre line at the expert's pace. A single picture shows where the car
 * stands, not how fast it moves or turns; what depends on these could not be learned. So the teacher steers by the place
 * alone, with gains that let it recover from a push, and low enough that a frame or two of delay do not make it sway.
 */
export class Teacher {
  readonly #track: Track;
  readonly #expert: Expert;

  constructor(track: Track) {
    this.#track = track;
    this.#expert = new Expert(track, pace);
  }

  decide(world: World): Setpoint {
    const state = world.state();
    const { along, offset } = this.#track.locate(state.x, state.y);
    // In a bend the car moves at an angle to where it points: it turns about a point behind its origin.
    const slip = briskPivotM * this.#bendAt(along, 0.15);
    const turned = Math.sin(state.yaw + slip - this.#track.at(along).heading);
    const bend = this.#bendAt(along + previewM, windowM) - perMetre * offset - perRadian * turned;
    const steeringDeg = Math.max(-30, Math.min(30, steeringFor(bend, believedMps)));
    const planned = this.#expert.decide({ ...state, speed: believedMps, yawRate: 0, sideways: 0 }).speedMps;
    const slower =
      Math.max(0, Math.abs(offset) - beside.freeM) * beside.slowerMps +
      Math.max(0, Math.abs(turned) - away.freeRad) * away.slowerMps;
    return { steeringDeg, speedMps: Math.max(pace.leastMps, planned - slower) };
  }

  /** The road's bend (1/radius, positive left), averaged over `half` metres to both sides. */
  #bendAt(along: number, half: number): number {
    const turn = this.#track.at(along + half).heading - this.#track.at(along - half).heading;
    return (turn - 2 * Math.PI * Math.round(turn / (2 * Math.PI))) / (2 * half);
  }
}
