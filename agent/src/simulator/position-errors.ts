import { carMeasures, type Pose } from './car.js';
import { type CarState, drive, type PhysicsConstants } from './physics.js';
import { physicsConstants } from './physics-constants.js';
import type { SimtraceRow } from './simtrace.js';

/** A log's X, Y are those of the car's front point, ahead of its origin. */
export function poseOf(row: SimtraceRow): Pose {
  const yaw = (row.yawDeg * Math.PI) / 180;
  const ahead = carMeasures.progressPointM;
  return { x: row.x - ahead * Math.cos(yaw), y: row.y - ahead * Math.sin(yaw), yaw };
}

/** How far ahead a replay is compared with its log. */
const horizonS = 1;
/** So many rows before the start tell what the wheels were doing. */
const pastRows = 12;
/** Shares of what the last poses show in a start's yaw rate and speed; the rest is what the commands before it imply. */
const yawRateFromPoses = 0.8;
const speedFromPoses = 0.1;

/** Rows that follow each other without a reset, a pause or a new start. */
function stretches(rows: readonly SimtraceRow[]): SimtraceRow[][] {
  const found: SimtraceRow[][] = [];
  let current: SimtraceRow[] = [];
  let before: SimtraceRow | undefined;
  for (const row of rows) {
    const drives = row.status === 'in_progress' || row.status === 'lap_complete' || row.status === 'off_track';
    const jumps = before !== undefined && Math.hypot(row.x - before.x, row.y - before.y) > 0.6;
    if (!drives || jumps || before?.done === true || before?.status === 'off_track') {
      if (current.length > 0) found.push(current);
      current = [];
    }
    if (drives) current.push(row);
    before = row;
  }
  if (current.length > 0) found.push(current);
  // The first steps after a start still show the pose before it.
  return found.map((stretch) => stretch.slice(2)).filter((stretch) => stretch.length > 5);
}

/**
 * Distances in metres between where the physics take the car in 1 s under a log's commands and where the log has it, from
 * every state of the log that has a second of driving after it.
 */
export function positionErrors(rows: readonly SimtraceRow[], constants: PhysicsConstants = physicsConstants): number[] {
  const errors: number[] = [];
  for (const stretch of stretches(rows)) {
    const last = stretch.at(-1) as SimtraceRow;
    for (let i = 3; i < stretch.length; i++) {
      const until = (stretch[i] as SimtraceRow).timeS + horizonS;
      if (until > last.timeS) break;
      errors.push(errorFrom(stretch, i, until, constants));
    }
  }
  return errors;
}

function errorFrom(rows: readonly SimtraceRow[], from: number, until: number, constants: PhysicsConstants): number {
  let state = stateAt(rows, from, constants);
  let i = from;
  for (;;) {
    const row = rows[i] as SimtraceRow;
    const next = rows[i + 1] as SimtraceRow;
    const seconds = Math.min(next.timeS, until) - row.timeS;
    if (seconds > 0) state = drive(state, row, seconds, constants);
    if (next.timeS >= until) {
      const share = (until - row.timeS) / Math.max(1e-6, next.timeS - row.timeS);
      const x = row.x + share * (next.x - row.x);
      const y = row.y + share * (next.y - row.y);
      const ahead = carMeasures.progressPointM;
      return Math.hypot(state.x + ahead * Math.cos(state.yaw) - x, state.y + ahead * Math.sin(state.yaw) - y);
    }
    i++;
  }
}

/** The motion at a row: its pose, with speed, steering and yaw rate from the rows up to it. */
function stateAt(rows: readonly SimtraceRow[], index: number, constants: PhysicsConstants): CarState {
  const row = rows[index] as SimtraceRow;
  const earlier = rows[index - 3] as SimtraceRow;
  let path = 0;
  for (let i = index - 2; i <= index; i++) {
    const [a, b] = [rows[i - 1] as SimtraceRow, rows[i] as SimtraceRow];
    path += Math.hypot(b.x - a.x, b.y - a.y);
  }
  const speed = path / Math.max(0.02, row.timeS - earlier.timeS);
  const before = rows[index - 1] as SimtraceRow;
  const turned = ((row.yawDeg - before.yawDeg + 540) % 360) - 180;
  const yawRate = (turned * Math.PI) / 180 / Math.max(0.02, row.timeS - before.timeS);
  const first = Math.max(0, index - pastRows);
  let state: CarState = { x: 0, y: 0, yaw: 0, speed, yawRate, steering: 0, sideways: 0 };
  for (let i = first; i < index; i++) {
    const seconds = (rows[i + 1] as SimtraceRow).timeS - (rows[i] as SimtraceRow).timeS;
    state = drive(state, rows[i] as SimtraceRow, Math.min(0.12, Math.max(0.02, seconds)), constants);
  }
  return {
    ...poseOf(row),
    speed: speedFromPoses * speed + (1 - speedFromPoses) * state.speed,
    yawRate: yawRateFromPoses * yawRate + (1 - yawRateFromPoses) * state.yawRate,
    steering: state.steering,
    sideways: state.sideways,
  };
}
