import { carMeasures, type Pose } from './car.js';
import { physicsConstants } from './physics-constants.js';

/** What the wheels are told. Positive steering turns left. */
export interface Setpoint {
  readonly steeringDeg: number;
  readonly speedMps: number;
}

/** The car's motion. */
export interface CarState extends Pose {
  /** Forward speed, along `yaw`. */
  readonly speed: number;
  /** Where the front wheels point, in radians. */
  readonly steering: number;
  /** Where the front wheels were last told to point, in radians. */
  readonly asked: number;
  /** Radians a second. */
  readonly yawRate: number;
  /** Sideways speed of the origin, to the left. */
  readonly sideways: number;
}

/** Longest step of the integration, in seconds: a tenth of what the stiffest tyre needs to stop a slip. */
const subStepS = 1 / 120;

export const atRest = (pose: Pose): CarState => ({
  ...pose,
  speed: 0,
  steering: 0,
  asked: 0,
  yawRate: 0,
  sideways: 0,
});

/**
 * Where the car is `seconds` later under one setpoint. A rigid body on four wheels that all turn at the commanded rate, with
 * no differential and no Ackermann geometry, as in the cloud simulator: in every bend some of them slip. Friction acts along
 * and across each wheel independently (ODE's friction pyramid). Its direction turns with the wheel there, so that the grip of
 * µ = 0.5 pulses; here stands its mean over a turn of the wheel, which also makes it smooth in the speed of slip.
 */
export function drive(state: CarState, setpoint: Setpoint, seconds: number, k = physicsConstants): CarState {
  let { x, y, yaw, steering, yawRate } = state;
  const steps = Math.max(1, Math.ceil(seconds / subStepS - 1e-9));
  const dt = seconds / steps;
  const asked = (setpoint.steeringDeg * Math.PI) / 180;
  const lags = k.steeringS > 0;
  const steeringShare = lags ? 1 - Math.exp(-dt / k.steeringS) : 1;
  steering = lags ? steering + clamp(asked - state.asked, k.steeringJumpRad) : asked;
  const rolling = clamp(setpoint.speedMps / k.commandRadiusM, k.topWheelRadps) * k.wheelRadiusM;
  const front = carMeasures.wheelbaseM / 2 - k.massAheadM;
  const rear = -carMeasures.wheelbaseM / 2 - k.massAheadM;
  // A wheel carries a quarter of the car.
  const [along, across] = [k.gripAlongMps2 / 4, k.gripAcrossMps2 / 4];
  // Speeds are those of the centre of mass here.
  let speed = state.speed;
  let sideways = state.sideways + k.massAheadM * yawRate;
  let cos = Math.cos(steering);
  let sin = Math.sin(steering);
  for (let i = 0; i < steps; i++) {
    if (lags) {
      steering += (asked - steering) * steeringShare;
      cos = Math.cos(steering);
      sin = Math.sin(steering);
    }
    let [forward, left, turning] = [0, 0, 0];
    for (let side = -1; side <= 1; side += 2) {
      // Front wheel: velocities and forces along and across where it points.
      let beside = (side * carMeasures.frontTrackM) / 2;
      let vx = speed - yawRate * beside;
      let vy = sideways + yawRate * front;
      const fAlong = -along * saturated((vx * cos + vy * sin - rolling) / k.slipAlongMps);
      const fAcross = -across * saturated((vy * cos - vx * sin) / k.slipAcrossMps);
      let fx = fAlong * cos - fAcross * sin;
      let fy = fAlong * sin + fAcross * cos;
      forward += fx;
      left += fy;
      turning += front * fy - beside * fx;
      beside = (side * carMeasures.rearTrackM) / 2;
      vx = speed - yawRate * beside;
      vy = sideways + yawRate * rear;
      fx = -along * saturated((vx - rolling) / k.slipAlongMps);
      fy = -across * saturated(vy / k.slipAcrossMps);
      forward += fx;
      left += fy;
      turning += rear * fy - beside * fx;
    }
    const turnedBefore = yawRate;
    yawRate += (turning / k.inertiaM2) * dt;
    const turn = (turnedBefore + yawRate) / 2;
    const [speedBefore, sidewaysBefore] = [speed, sideways];
    speed += (forward + turn * sidewaysBefore) * dt;
    sideways += (left - turn * speedBefore) * dt;
    const middle = yaw + (turn * dt) / 2;
    const [ahead, aside] = [(speedBefore + speed) / 2, (sidewaysBefore + sideways) / 2 - k.massAheadM * turn];
    x += (ahead * Math.cos(middle) - aside * Math.sin(middle)) * dt;
    y += (ahead * Math.sin(middle) + aside * Math.cos(middle)) * dt;
    yaw += turn * dt;
  }
  return { x, y, yaw: wrapped(yaw), speed, steering, asked, yawRate, sideways: sideways - k.massAheadM * yawRate };
}

/** Close to tanh, and cheaper: Padé's approximation, 1 from 3 on. */
function saturated(u: number): number {
  if (u > 3) return 1;
  if (u < -3) return -1;
  return (u * (27 + u * u)) / (27 + 9 * u * u);
}

const clamp = (value: number, limit: number) => Math.max(-limit, Math.min(limit, value));
const wrapped = (angle: number) => angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
