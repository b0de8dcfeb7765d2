import { type SimtraceRow, stepsPerSecond } from './simtrace.js';

/** One lap as the cloud simulator's metrics file has it. Times in ms of the simulator's clock. */
export interface TrialMetrics {
  readonly completion_percentage: number;
  readonly metric_time: number;
  readonly start_time: number;
  readonly elapsed_time_in_milliseconds: number;
  readonly episode_status: string;
  readonly crash_count: number;
  readonly immobilized_count: number;
  readonly off_track_count: number;
  readonly reversed_count: number;
  readonly reset_count: number;
  readonly trial: number;
}

/** The metrics file that belongs to a simtrace log: one object a lap. */
export function metricsOf(rows: readonly SimtraceRow[]): { readonly metrics: readonly TrialMetrics[] } {
  const metrics: TrialMetrics[] = [];
  for (let from = 0; from < rows.length; ) {
    let to = from;
    while (to < rows.length && rows[to]?.episode === rows[from]?.episode) to++;
    metrics.push(ofEpisode(rows.slice(from, to), metrics.at(-1)));
    from = to;
  }
  return { metrics };
}

function ofEpisode(rows: readonly SimtraceRow[], before: TrialMetrics | undefined): TrialMetrics {
  const [first, last] = [rows[0] as SimtraceRow, rows.at(-1) as SimtraceRow];
  // A start takes one step before its first row; a lap without a stop begins where the one before it ended.
  const started = Math.round((first.timeS - 1 / stepsPerSecond) * 1000);
  const start = first.status === 'prepare' ? started : (before?.metric_time ?? Math.round(first.timeS * 1000));
  const end = Math.round(last.timeS * 1000);
  const count = (status: string) => rows.filter((row) => row.status === status).length;
  const counts = {
    crash_count: count('crashed'),
    immobilized_count: count('immobilized'),
    off_track_count: count('off_track'),
    reversed_count: count('reversed'),
  };
  const incidents = Object.values(counts).reduce((sum, value) => sum + value, 0);
  const endedBy = last.done && last.status !== 'lap_complete' ? 1 : 0;
  return {
    completion_percentage: Math.floor(Math.max(0, last.progressPct)),
    metric_time: end,
    start_time: start,
    elapsed_time_in_milliseconds: end - start,
    episode_status: inWords(last.status),
    ...counts,
    reset_count: Math.max(0, incidents - endedBy),
    trial: (before?.trial ?? 0) + 1,
  };
}

/** `lap_complete` is "Lap complete". */
const inWords = (status: string) => `${status.charAt(0).toUpperCase()}${status.slice(1)}`.replaceAll('_', ' ');
