import { z } from 'zod';
import { BootId, CarId, Micros, SessionId } from '../brand.js';
import { errorCodes } from '../error-codes.js';
import type { ErrorCode } from '../errors.js';
import { Envelope } from './envelope.js';
import { CalibrationAnswer, CarriedModel, GarageAction, RefusedModel } from './garage.js';
import { Computer, LoadedModel } from './presence.js';
import { RecorderAction, RecorderState, RecordingInfo, RecordingPart } from './recording.js';

/** `starting`: it was told to drive, and warns whoever stands around before it does. */
export const SafetyState = z.enum(['disarmed', 'armed', 'starting', 'driving', 'stopping', 'stopped', 'faulted']);
export type SafetyState = z.infer<typeof SafetyState>;

export const TrackFlag = z.enum(['green', 'yellow', 'red']);
export type TrackFlag = z.infer<typeof TrackFlag>;

/** Retained: what the car is. Published on every change. */
export const CarState = z.object({
  ...Envelope.shape,
  safety: SafetyState,
  /** Why it is stopped or faulted: a reason's name, null where there is none. */
  reason: z.string().nullable(),
  model: LoadedModel.nullable(),
  /** Driven by hand. */
  manual: z.boolean(),
  flag: TrackFlag,
  /** Multiplies the throttle, in percent: what its crew set, and what the speed of its run and a yellow flag leave of it. */
  throttleScale: z.number().min(0).max(100),
  throttleScaleNow: z.number().min(0).max(100),
  /** What its run leaves of `throttleScale`, in percent; absent on a car that knows none. */
  runSpeed: z.number().min(0).max(100).optional(),
  /** What else it carries; absent on a car that keeps no models. */
  models: z.array(CarriedModel).optional(),
  /** What lies on a stick in the car and was refused; absent where nothing was. */
  refusedModels: z.array(RefusedModel).max(50).optional(),
});
export type CarState = z.infer<typeof CarState>;

/** Metres and radians in the track's frame; yaw counter-clockwise from +x. Known of simulated cars only. */
export const Pose = z.object({ x: z.number(), y: z.number(), yaw: z.number() });
export type Pose = z.infer<typeof Pose>;

/**
 * Where a simulated car really is, one JSON line each on the local socket of its simulated hardware: what a simulated
 * gate watches, as a real one watches the road. Not MQTT, so that a lost link hides no car.
 */
export const TruePose = z.object({ car: CarId, bootId: BootId, at: Micros, ...Pose.shape });
export type TruePose = z.infer<typeof TruePose>;

/** Where the loop's time goes, in µs: a quantile pair for each stage since the last telemetry. */
export const StageLatency = z.object({ p50: Micros, p99: Micros });
export const Telemetry = z.object({
  ...Envelope.shape,
  framesPerSecond: z.number().nonnegative(),
  droppedFrames: z.number().int().nonnegative(),
  latency: z.object({
    age: StageLatency,
    decode: StageLatency,
    inference: StageLatency,
    act: StageLatency,
  }),
  /** The latest action, in the model's own terms. */
  action: z.object({ steeringDeg: z.number(), speedMps: z.number() }).nullable(),
  pose: Pose.nullable(),
  recorder: RecorderState.optional(),
  /** Absent where nobody knows: `level` is 0 to 11, as a stock car tells it. */
  battery: z.object({ unit: z.enum(['level', 'volts']), value: z.number() }).optional(),
  /** Of the car's computer, °C. */
  temperature: z.number().optional(),
});
export type Telemetry = z.infer<typeof Telemetry>;

/**
 * What the car felt. Picked up in a run, it is most likely about to be set back on the track: a candidate for a reset, which
 * a marshal confirms or not. Told whether or not it stops the car.
 */
export const Happening = z.enum(['crash', 'picked-up', 'rolled-over']);
export type Happening = z.infer<typeof Happening>;
export const CarEvent = z.object({ ...Envelope.shape, happening: Happening });
export type CarEvent = z.infer<typeof CarEvent>;

/** Whether the car could be armed and started at this moment, in sentences. */
export const Armable = z.object({
  ok: z.boolean(),
  /** Why not; empty where it could. */
  missing: z.array(z.string().min(1).max(200)).max(20),
  /** It could, but what its model was trained with is not all there. */
  warnings: z.array(z.string().min(1).max(200)).max(20),
});
export type Armable = z.infer<typeof Armable>;

/** The car's own clock says when a command is too old: one that waited in a queue is refused as expired. */
const addressed = {
  commandId: z.uuid(),
  /** Who gave it, for the black box. */
  who: z.string().min(1).max(100),
  expires: z.object({ bootId: BootId, at: Micros }),
  /** The sender's numbering, rising within its session: what comes after a later one is refused. */
  order: z.object({ sessionId: SessionId, seq: z.number().int().nonnegative() }).optional(),
  /**
   * The `instance` of the computer that is meant, where two could have the car's identity: another one does not answer, and
   * does nothing but an e-stop.
   */
  to: Computer.shape.instance.optional(),
};
/** What changes whether and how the car moves. */
export const DrivingAction = z.discriminatedUnion('type', [
  /** `manual` drives by hand instead of by policy, until it is armed again: wants no model and no camera. */
  z.object({ type: z.literal('arm'), manual: z.boolean().optional() }),
  /** `warn`: for so long, in µs, it stands and shows that it is about to drive; whatever stops it meanwhile ends that. */
  z.object({ type: z.literal('start'), warn: Micros.max(10_000_000).optional() }),
  /** A routine stop: one `resume` or `start` goes on. */
  z.object({ type: z.literal('stop') }),
  /** Latches: wants `clear`. */
  z.object({ type: z.literal('e-stop') }),
  z.object({ type: z.literal('clear') }),
  z.object({ type: z.literal('resume') }),
  z.object({ type: z.literal('throttle-scale'), percent: z.number().min(0).max(100) }),
  /** Multiplies what `throttle-scale` leaves: a race makes a car slower than its crew set it, never faster. Moves no car. */
  z.object({ type: z.literal('run-speed'), percent: z.number().min(0).max(100) }),
  /** Red stops the car, yellow lowers its speed to what its profile says. */
  z.object({ type: z.literal('flag'), flag: TrackFlag }),
  /**
   * By hand: shares of full lock (positive turns left) and of full throttle (positive is forward). Repeated at least
   * every 300 ms, or the car stops. Answered only when refused.
   */
  z.object({ type: z.literal('drive'), steering: z.number().min(-1).max(1), throttle: z.number().min(-1).max(1) }),
]);
export type DrivingAction = z.infer<typeof DrivingAction>;
/** What someone does to a simulated car in its world; a real car refuses it. */
export const WorldAction = z.discriminatedUnion('type', [
  /** It is set down where it stood at first: before the start line, at rest. */
  z.object({ type: z.literal('set-on-start') }),
]);
export type WorldAction = z.infer<typeof WorldAction>;
/** A question: nothing changes. */
export const AskingAction = z.discriminatedUnion('type', [
  /** Answered with `armable`. */
  z.object({ type: z.literal('check') }),
]);
export type AskingAction = z.infer<typeof AskingAction>;
export const CarAction = z.discriminatedUnion('type', [
  ...DrivingAction.options,
  ...AskingAction.options,
  ...WorldAction.options,
  ...GarageAction.options,
  ...RecorderAction.options,
]);
export type CarAction = z.infer<typeof CarAction>;
export const CarCommand = z.object({ ...addressed, action: CarAction });
export type CarCommand = z.infer<typeof CarCommand>;

export const CarReply = z.object({
  ...Envelope.shape,
  commandId: z.uuid(),
  outcome: z.enum(['done', 'refused']),
  /** Why it was refused. */
  code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]).optional(),
  /** In words: why it was refused, or what else there is to know of what was done. */
  message: z.string().optional(),
  safety: SafetyState,
  ...CalibrationAnswer.shape,
  /** To `check`. */
  armable: Armable.optional(),
  /** To `list-recordings`, the oldest first. */
  recordings: z.array(RecordingInfo).optional(),
  /** To `list-recordings`: the car's wall clock now, by which recordings are named and stamped; ms since 1970. */
  wallClock: z.number().int().optional(),
  /** To `fetch-recording`. */
  part: RecordingPart.optional(),
});
export type CarReply = z.infer<typeof CarReply>;
