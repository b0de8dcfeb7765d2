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
  /** Where the front wheels effectively point, in radians. */
  readonly steering: number;
  /** Radians a second. */
  readonly yawRate: number;
  /** Sideways speed of the origin, to the left: the tail slips out of the bend or the nose into it. */
  readonly sideways: number;
}

export interface PhysicsConstants {
  /** Speed reached per speed asked for. */
  readonly speedGain: number;
  /** Seconds in which the speed covers 63% of a change. */
  readonly accelerateS: number;
  readonly brakeS: number;
  /** Share of the speed that steering takes away, per tan(steering). */
  readonly corneringDrag: number;
  /** Effective angle of the wheels per angle asked for: the tyres slip. */
  readonly steeringGain: number;
  readonly steeringS: number;
  /** Seconds in which the yaw rate follows what the wheels ask for. */
  readonly yawS: number;
  /** Understeer: at this speed the car turns half as much as its wheels ask. m/s. */
  readonly characteristicMps: number;
  /** Grip: largest sideways acceleration, m/s². */
  readonly gripMps2: number;
  /** The car turns about a point this far behind its origin, so that the origin slips sideways. */
  readonly pivotM: number;
}

/** Longest step of the integration, in seconds. */
const subStepS = 1 / 240;

export const atRest = (pose: Pose): CarState => ({ ...pose, speed: 0, steering: 0, yawRate: 0, sideways: 0 });

/** Where the car is `seconds` later under one setpoint: a bicycle model whose responses are fitted to real logs. */
export function drive(state: CarState, setpoint: Setpoint, seconds: number, k = physicsConstants): CarState {
  let { x, y, yaw, speed, steering, yawRate } = state;
  const steps = Math.max(1, Math.ceil(seconds / subStepS - 1e-9));
  const dt = seconds / steps;
  const asked = (setpoint.steeringDeg * Math.PI * k.steeringGain) / 180;
  const steeringShare = 1 - Math.exp(-dt / k.steeringS);
  const yawShare = 1 - Math.exp(-dt / k.yawS);
  const accelerateShare = 1 - Math.exp(-dt / k.accelerateS);
  const brakeShare = 1 - Math.exp(-dt / k.brakeS);
  for (let i = 0; i < steps; i++) {
    steering += (asked - steering) * steeringShare;
    const tan = Math.tan(steering);
    const target = setpoint.speedMps * k.speedGain * (1 - k.corneringDrag * Math.abs(tan));
    speed += (target - speed) * (Math.abs(target) > Math.abs(speed) ? accelerateShare : brakeShare);
    const understeer = 1 + (speed * speed) / (k.characteristicMps * k.characteristicMps);
    const wanted = (speed * tan) / (carMeasures.wheelbaseM * understeer);
    const limit = k.gripMps2 / Math.max(Math.abs(speed), 0.05);
    const reached = Math.max(-limit, Math.min(limit, wanted));
    yawRate += (reached - yawRate) * yawShare;
    const middle = yaw + (yawRate * dt) / 2;
    const sideways = k.pivotM * yawRate;
    x += (speed * Math.cos(middle) - sideways * Math.sin(middle)) * dt;
    y += (speed * Math.sin(middle) + sideways * Math.cos(middle)) * dt;
    yaw += yawRate * dt;
  }
  return { x, y, yaw: wrapped(yaw), speed, steering, yawRate, sideways: k.pivotM * yawRate };
}

const wrapped = (angle: number) => angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
