import { PitwallError } from '@pitwall/protocol';
import type { StepStatus } from './referee.js';

/** One row of a simtrace log: one step. Angles in degrees, lengths in metres, times in seconds. */
export interface SimtraceRow {
  readonly episode: number;
  readonly step: number;
  readonly x: number;
  readonly y: number;
  readonly yawDeg: number;
  readonly steeringDeg: number;
  readonly speedMps: number;
  /** Index of a discrete action; undefined in a continuous action space. */
  readonly action: number | undefined;
  readonly reward: number;
  readonly done: boolean;
  readonly allWheelsOnTrack: boolean;
  readonly progressPct: number;
  readonly waypoint: number;
  readonly trackLengthM: number;
  readonly timeS: number;
  /** Other simulators' logs may hold statuses that ours never writes. */
  readonly status: StepStatus | (string & {});
  readonly pauseS: number;
  readonly crashes: number;
}

const columns = [
  'episode',
  'steps',
  'X',
  'Y',
  'yaw',
  'steer',
  'throttle',
  'action',
  'reward',
  'done',
  'all_wheels_on_track',
  'progress',
  'closest_waypoint',
  'track_len',
  'tstamp',
  'episode_status',
  'pause_duration',
  'obstacle_crash_counter',
] as const;
type Column = (typeof columns)[number];
const required = columns.filter((column) => column !== 'pause_duration' && column !== 'obstacle_crash_counter');

/** The log as DeepRacer's tools read it, Python's way of writing numbers and truth included. */
export function formatSimtrace(rows: readonly SimtraceRow[]): string {
  const lines = rows.map((row) => {
    const action = row.action ?? `[${float(row.steeringDeg)} ${float(row.speedMps)}]`;
    return [
      row.episode,
      float(row.step),
      float(row.x),
      float(row.y),
      float(row.yawDeg),
      float(row.steeringDeg),
      float(row.speedMps),
      action,
      float(row.reward),
      truth(row.done),
      truth(row.allWheelsOnTrack),
      row.progressPct === 100 ? '100' : float(row.progressPct),
      row.waypoint,
      float(row.trackLengthM),
      float(row.timeS),
      row.status,
      float(row.pauseS),
      row.crashes,
    ].join(',');
  });
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}

/** @throws PitwallError `simtrace-invalid`, which names the row and the column. */
export function parseSimtrace(text: string, what: string): SimtraceRow[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const header = (lines[0] ?? '').split(',').map((name) => name.trim());
  const missing = required.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    const which = missing.slice(0, 4).join(', ');
    throw new PitwallError('simtrace-invalid', `${what} is no simtrace log: it has no column ${which}.`);
  }
  const at = Object.fromEntries(columns.map((column) => [column, header.indexOf(column)])) as Record<Column, number>;
  return lines.slice(1).map((line, i) => parseRow(line, at, header.length, `${what}, row ${i + 2}`));
}

function parseRow(line: string, at: Record<Column, number>, width: number, where: string): SimtraceRow {
  let fields = line.split(',');
  // Some simulators write a continuous action with a comma: "[12.3, 1.5]".
  const extra = fields.length - width;
  if (extra > 0) {
    const action = fields.slice(at.action, at.action + 1 + extra).join(' ');
    fields = [...fields.slice(0, at.action), action, ...fields.slice(at.action + 1 + extra)];
  }
  const textOf = (column: Column) => fields[at[column]]?.trim();
  const number = (column: Column, fallback?: number): number => {
    const field = textOf(column);
    if (field === undefined && fallback !== undefined) return fallback;
    const value = Number(field);
    if (field === undefined || field === '' || !Number.isFinite(value)) {
      throw new PitwallError('simtrace-invalid', `${where}: ${column} is "${field ?? ''}", not a number.`);
    }
    return value;
  };
  const action = textOf('action') ?? '';
  return {
    episode: number('episode'),
    step: number('steps'),
    x: number('X'),
    y: number('Y'),
    yawDeg: number('yaw'),
    steeringDeg: number('steer'),
    speedMps: number('throttle'),
    action: /^-?\d+(\.0)?$/.test(action) ? Number(action) : undefined,
    reward: number('reward'),
    done: isTrue(textOf('done')),
    allWheelsOnTrack: isTrue(textOf('all_wheels_on_track')),
    progressPct: number('progress'),
    waypoint: number('closest_waypoint'),
    trackLengthM: number('track_len'),
    timeS: number('tstamp'),
    status: textOf('episode_status') ?? '',
    pauseS: number('pause_duration', 0),
    crashes: number('obstacle_crash_counter', 0),
  };
}

const float = (value: number) => (Number.isInteger(value) ? `${value}.0` : String(value));
const truth = (value: boolean) => (value ? 'True' : 'False');
const isTrue = (field: string | undefined) => field?.toLowerCase() === 'true' || field === '1';
