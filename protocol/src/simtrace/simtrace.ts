/** Steps of the simulators in a second. */
export const stepsPerSecond = 15;

/** What a step came to, as the cloud simulator names it in its logs. */
export type StepStatus =
  | 'prepare'
  | 'in_progress'
  | 'off_track'
  | 'crashed'
  | 'immobilized'
  | 'reversed'
  | 'pause'
  | 'lap_complete'
  | 'time_up';

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

/** In the order in which every simulator has written them; the last ones came with time. */
export const simtraceColumns = [
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
export type SimtraceColumn = (typeof simtraceColumns)[number];

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
  return `${[simtraceColumns.join(','), ...lines].join('\n')}\n`;
}

const float = (value: number) => (Number.isInteger(value) ? `${value}.0` : String(value));
const truth = (value: boolean) => (value ? 'True' : 'False');
