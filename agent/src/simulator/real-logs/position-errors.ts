import type { SimtraceRow } from '@pitwall/protocol/simtrace';
import { carMeasures, type Pose } from '../car.js';
import { atRest, type CarState, drive } from '../physics.js';

import { type PhysicsConstants, physicsConstants, steeringLags } from '../physics-constants.js';

/** A log's X, Y are those of the car's front point, ahead of its origin. */
export function poseOf(row: SimtraceRow): Pose {
  const yaw = (row.yawDeg * Math.PI) / 180;
  const ahead = carMeasures.progressPointM;
  return { x: row.x - ahead * Math.cos(yaw), y: row.y - ahead * Math.sin(yaw), yaw };
}

/** How far ahead a replay is compared with its log. */
const horizonS = 1;
/** Shorter stretches tell nothing. */
const fewestRows = 6;
/** Shares of a step's error in position and heading by which the motion's speeds are put right. */
const speedShare = 0.72;
const yawRateShare = 1.4;
/** A heading further off than this over one step is a collision or a bad row, not the steering's lag. */
const largestYawErrorRad = 0.1;

/** Where the physics are a second after a state of the log, beside where the log is. */
export interface Prediction {
  readonly errorM: number;
  /** At the state from which it started. */
  readonly speedMps: number;
}

/** What a log's car was doing, as far as its rows up to now tell. */
interface Tracked {
  readonly constants: PhysicsConstants;
  state: CarState;
  /** Squared errors of the heading a step ahead, summed over the log so far. */
  yawError: number;
}

interface LoggedStep {
  readonly row: SimtraceRow;
  readonly pose: Pose;
  /** When the pose was taken. */
  readonly poseS: number;
}

/**
 * From every state of a log that has a second of driving after it: where the physics take the car in 1 s under the log's
 * commands, and where the log has it. The motion at a state and the steering's lag (one of `steeringLags`: logs do not name
 * their simulator's version) are told by the rows up to it alone.
 */
export function predictions(
  rows: readonly SimtraceRow[],
  constants: PhysicsConstants = physicsConstants,
): { readonly predictions: readonly Prediction[]; readonly steeringS: number } {
  const tracked = Object.values(steeringLags).map(
    (steeringS): Tracked => ({ constants: { ...constants, steeringS }, state: atRest(origin), yawError: 0 }),
  );
  const found: Prediction[] = [];
  for (const stretch of stretches(rows)) {
    for (const one of tracked) one.state = atRest((stretch[0] as LoggedStep).pose);
    const lastS = (stretch.at(-1) as LoggedStep).poseS;
    for (let i = 1; i < stretch.length; i++) {
      for (const one of tracked) follow(one, stretch[i - 1] as LoggedStep, stretch[i] as LoggedStep);
      if ((stretch[i] as LoggedStep).poseS + horizonS > lastS) continue;
      const { state, constants: own } = likeliest(tracked);
      const speedMps = Math.hypot(state.speed, state.sideways);
      found.push({ errorM: errorFrom(stretch, i, state, own), speedMps });
    }
  }
  return { predictions: found, steeringS: likeliest(tracked).constants.steeringS };
}

/** The distances alone, in metres. */
export function positionErrors(rows: readonly SimtraceRow[], constants: PhysicsConstants = physicsConstants): number[] {
  return predictions(rows, constants).predictions.map(({ errorM }) => errorM);
}

const origin: Pose = { x: 0, y: 0, yaw: 0 };

const likeliest = (tracked: readonly Tracked[]): Tracked =>
  tracked.reduce((best, one) => (one.yawError < best.yawError ? one : best));

/** Rows that follow each other without a reset, a pause or a new start. */
function stretches(rows: readonly SimtraceRow[]): LoggedStep[][] {
  const found: LoggedStep[][] = [];
  let current: LoggedStep[] = [];
  let before: SimtraceRow | undefined;
  for (const row of rows) {
    const drives = row.status === 'in_progress' || row.status === 'lap_complete' || row.status === 'off_track';
    const jumps = before !== undefined && Math.hypot(row.x - before.x, row.y - before.y) > 0.6;
    if (!drives || jumps || before?.status === 'off_track') {
      found.push(current);
      current = [];
    }
    // A row's pose was taken when the row before it was written: distances between poses follow those times in every log.
    if (drives) current.push({ row, pose: poseOf(row), poseS: before?.timeS ?? row.timeS });
    before = row;
  }
  found.push(current);
  return found.filter((stretch) => stretch.length >= fewestRows);
}

/** Drives a step, then puts the motion right by where the log has the car. */
function follow(tracked: Tracked, from: LoggedStep, to: LoggedStep): void {
  const seconds = Math.min(0.2, Math.max(0.02, to.poseS - from.poseS));
  const next = drive(tracked.state, from.row, seconds, tracked.constants);
  const yawError = wrapped(to.pose.yaw - next.yaw);
  tracked.yawError += Math.min(yawError ** 2, largestYawErrorRad ** 2);
  // The error in position tells the velocity in the world; it stands across the car's new heading.
  const [cos, sin] = [Math.cos(next.yaw), Math.sin(next.yaw)];
  const vx = next.speed * cos - next.sideways * sin + (speedShare * (to.pose.x - next.x)) / seconds;
  const vy = next.speed * sin + next.sideways * cos + (speedShare * (to.pose.y - next.y)) / seconds;
  const [cosTo, sinTo] = [Math.cos(to.pose.yaw), Math.sin(to.pose.yaw)];
  tracked.state = {
    ...next,
    ...to.pose,
    speed: vx * cosTo + vy * sinTo,
    sideways: vy * cosTo - vx * sinTo,
    yawRate: next.yawRate + (yawRateShare * yawError) / seconds,
  };
}

/** Distance in metres, a horizon after step `from`, between the car's front driven on and the log's. */
function errorFrom(steps: readonly LoggedStep[], from: number, motion: CarState, constants: PhysicsConstants): number {
  const until = (steps[from] as LoggedStep).poseS + horizonS;
  let state = motion;
  for (let i = from; ; i++) {
    const step = steps[i] as LoggedStep;
    const next = steps[i + 1] as LoggedStep;
    const seconds = Math.min(next.poseS, until) - step.poseS;
    if (seconds > 0) state = drive(state, step.row, seconds, constants);
    if (next.poseS < until) continue;
    const share = (until - step.poseS) / Math.max(1e-6, next.poseS - step.poseS);
    const x = step.row.x + share * (next.row.x - step.row.x);
    const y = step.row.y + share * (next.row.y - step.row.y);
    const ahead = carMeasures.progressPointM;
    return Math.hypot(state.x + ahead * Math.cos(state.yaw) - x, state.y + ahead * Math.sin(state.yaw) - y);
  }
}

const wrapped = (angle: number) => angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
