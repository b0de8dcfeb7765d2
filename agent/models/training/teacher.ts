import { carMeasures, Expert, physicsConstants, type Setpoint, type World } from '@pitwall/agent/simulator';
import type { Track } from '@pitwall/protocol/track';

/** Brisk, within what the camera lets one foresee. */
const pace = { topMps: 2.2, leastMps: 1.1, gripMps2: 1.8, brakeMps2: 2 } as const;
/** The speed at which the teacher believes to be driving. */
const believedMps = 1.7;
/** Bend to ask for: per metre beside the centre line, and per radian off its direction. */
const perMetre = 0.5;
const perRadian = 1.2;
/** Steering and yaw lag behind: the road's bend is taken from this far ahead, over this far to both sides of it. */
const previewM = 0.4;
const windowM = 0.2;

/**
 * The driver whom the model imitates: follows the centre line at the expert's pace. A single picture shows where the car
 * stands, not how fast it moves or turns; what depends on these could not be learned. So the teacher steers by the place
 * alone, with gains low enough that the steering's lag and a frame or two of delay do not make it sway.
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
    const slip = physicsConstants.pivotM * this.#bendAt(along, 0.15);
    const turned = Math.sin(state.yaw + slip - this.#track.at(along).heading);
    const bend = this.#bendAt(along + previewM, windowM) - perMetre * offset - perRadian * turned;
    const understeer = 1 + (believedMps / physicsConstants.characteristicMps) ** 2;
    const steering = Math.atan(bend * carMeasures.wheelbaseM * understeer) / physicsConstants.steeringGain;
    const steeringDeg = Math.max(-30, Math.min(30, (steering * 180) / Math.PI));
    const { speedMps } = this.#expert.decide({ ...state, speed: believedMps, yawRate: 0, sideways: 0 });
    return { steeringDeg, speedMps };
  }

  /** The road's bend (1/radius, positive left), averaged over `half` metres to both sides. */
  #bendAt(along: number, half: number): number {
    const turn = this.#track.at(along + half).heading - this.#track.at(along - half).heading;
    return (turn - 2 * Math.PI * Math.round(turn / (2 * Math.PI))) / (2 * half);
  }
}
