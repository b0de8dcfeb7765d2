import type { Track } from '@pitwall/protocol/track';
import { carMeasures, type Pose } from './car.js';
import { type CarState, drive, type PhysicsConstants } from './physics.js';
import { physicsConstants } from './physics-constants.js';
import { Referee } from './referee.js';
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
  const before = rows[index - 2] as SimtraceRow;
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

export interface ReplayReport {
  readonly track: string;
  readonly rows: number;
  readonly positionErrorM: { readonly median: number; readonly p90: number };
  readonly progressErrorPct: { readonly median: number; readonly max: number };
  /** Share of rows on which all wheels on the track agrees. */
  readonly onTrackAgreement: number;
  readonly offTracks: { readonly logged: number; readonly found: number };
  readonly laps: readonly { readonly loggedMs: number; readonly computedMs: number }[];
}

/** Lays a real log beside our track, our rules and our physics. */
export function replay(rows: readonly SimtraceRow[], givenTrack: Track): ReplayReport {
  const track = directionOf(rows, givenTrack);
  const errors = positionErrors(rows);
  const progressErrors: number[] = [];
  const laps: { loggedMs: number; computedMs: number }[] = [];
  const offTracks = { logged: 0, found: 0 };
  let agreed = 0;
  for (const episode of episodes(rows, track)) {
    const referee = new Referee(track);
    let computed: number | undefined;
    let logged: number | undefined;
    let wasOff = false;
    episode.rows.forEach((row, i) => {
      const pose = poseOf(row);
      const judgement = i === 0 || isResting(row) ? referee.setDown(pose) : referee.judge(pose, false);
      if ((judgement.wheelsOnRoad === 4) === row.allWheelsOnTrack) agreed++;
      if (row.status === 'off_track') offTracks.logged++;
      // One event may last for steps: it counts where it begins.
      const off = judgement.verdict === 'off_track';
      if (off && !wasOff) offTracks.found++;
      wasOff = off;
      const shown = shiftedProgress(track, row, episode.startPct);
      const complete = row.progressPct >= 100;
      progressErrors.push(complete && shown < 50 ? 0 : Math.abs(wrapPct(shown - row.progressPct)));
      if (complete) logged ??= row.timeS;
      const before = episode.rows[i - 1];
      const passed = before !== undefined && shiftedProgress(track, before, episode.startPct) > 90 && shown < 10;
      if (computed === undefined && i > pastRows && passed) computed = row.timeS;
    });
    if (logged !== undefined) {
      const ms = (time: number) => Math.round((time - episode.startS) * 1000);
      laps.push({ loggedMs: ms(logged), computedMs: ms(computed ?? episode.endS) });
    }
  }
  return {
    track: track.id,
    rows: rows.length,
    positionErrorM: { median: quantile(errors, 0.5), p90: quantile(errors, 0.9) },
    progressErrorPct: { median: quantile(progressErrors, 0.5), max: quantile(progressErrors, 1) },
    onTrackAgreement: rows.length === 0 ? 1 : agreed / rows.length,
    offTracks,
    laps,
  };
}

const isResting = (row: SimtraceRow) => row.status === 'prepare' || row.status === 'pause';
const wrapPct = (value: number) => value - 100 * Math.round(value / 100);

/** Progress as the log counts it: from where its episode started. 0 to 100. */
function shiftedProgress(track: Track, row: SimtraceRow, startPct: number): number {
  const { progressPct } = track.locate(row.x, row.y);
  return (((progressPct - startPct) % 100) + 100) % 100;
}

/** Training drives either way round; the log's rising progress tells which. */
function directionOf(rows: readonly SimtraceRow[], track: Track): Track {
  let agreement = 0;
  for (let i = 1; i < rows.length; i++) {
    const [a, b] = [rows[i - 1] as SimtraceRow, rows[i] as SimtraceRow];
    if (a.episode !== b.episode || isResting(a) || isResting(b)) continue;
    const ours = wrapPct(track.locate(b.x, b.y).progressPct - track.locate(a.x, a.y).progressPct);
    agreement += ours * wrapPct(b.progressPct - a.progressPct);
  }
  return agreement < 0 ? track.reversed() : track;
}

interface Episode {
  readonly rows: readonly SimtraceRow[];
  /** Where on the track its progress counts from: 0 in evaluations, anywhere in training. */
  readonly startPct: number;
  readonly startS: number;
  readonly endS: number;
}

function episodes(rows: readonly SimtraceRow[], track: Track): Episode[] {
  const found: Episode[] = [];
  for (let from = 0; from < rows.length; ) {
    let to = from;
    while (to < rows.length && rows[to]?.episode === rows[from]?.episode) to++;
    const own = rows.slice(from, to);
    const first = own[0] as SimtraceRow;
    const differences = own
      .slice(1, 12)
      .map((row) => wrapPct(track.locate(row.x, row.y).progressPct - row.progressPct));
    const startPct = quantile(differences, 0.5);
    const endS = (own.at(-1) as SimtraceRow).timeS;
    // A start takes one step before its first row; a lap without a stop begins where the one before it ended.
    const startS = first.status === 'prepare' ? first.timeS - 1 / 15 : (found.at(-1)?.endS ?? first.timeS);
    found.push({ rows: own, startPct: Math.abs(startPct) < 0.05 ? 0 : startPct, startS, endS });
    from = to;
  }
  return found;
}

/** The value below which a share of the values lies; NaN where there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}
