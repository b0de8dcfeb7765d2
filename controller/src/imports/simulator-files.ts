import { shortestLap } from '@pitwall/protocol/policy';
import { metricsOf, parseSimtrace, type SimtraceRow } from '@pitwall/protocol/simtrace';
import { z } from 'zod';
import { type FoundLap, type LapFile, wrong } from './found-laps.js';

/** Of the cloud simulator's metrics file, what a lap is made of. */
const Trial = z.object({
  completion_percentage: z.number().min(0).max(100),
  elapsed_time_in_milliseconds: z.number().int().min(1).max(3_600_000),
  episode_status: z.string().max(100).default(''),
  reset_count: z.number().int().min(0).max(100_000).default(0),
  off_track_count: z.number().int().min(0).max(100_000).default(0),
  /** Of a training: only its evaluations are laps of the model. */
  phase: z.string().max(40).optional(),
});
type Trial = z.infer<typeof Trial>;
const most = 1000;

/** @throws PitwallError `message-invalid`, with the trial and its field. */
export function readMetrics(text: string): LapFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw wrong(`is not JSON: ${(cause as Error).message.slice(0, 200)}. A download may be cut short.`, cause);
  }
  const list = Array.isArray(value) ? undefined : (value as { metrics?: unknown }).metrics;
  if (!Array.isArray(list))
    throw wrong(
      'is JSON without a list "metrics", which the simulator’s evaluations have (metrics/evaluation/….json).',
    );
  if (list.length > most) throw wrong(`has ${list.length} trials; ${most} are read at most.`);
  const leftOut: string[] = [];
  const trials = list.flatMap((given, index): Trial[] => {
    const trial = Trial.safeParse(given);
    if (!trial.success) {
      const [issue] = trial.error.issues;
      throw wrong(`has a trial (the ${index + 1}.) that cannot be read: ${issue?.path.join('.')}: ${issue?.message}.`);
    }
    return trial.data.phase === 'training' ? [] : [trial.data];
  });
  if (trials.length < list.length)
    leftOut.push(`${list.length - trials.length} episodes of training are left out: in them the model tried things.`);
  return lapFile('deepracer-metrics', trials, leftOut);
}

/** @throws PitwallError `simtrace-invalid`, with row and column. */
export function readSimtrace(text: string): LapFile {
  const { rows, notes } = parseSimtrace(text, 'The file');
  const { metrics } = metricsOf(rows);
  if (metrics.length > most) throw wrong(`has ${metrics.length} episodes; ${most} are read at most.`);
  const episodes = episodesOf(rows);
  const doubts: string[] = [];
  const trials = metrics.map((trial, index) => {
    const doubt = doubtOf(episodes[index] as Episode, trial.elapsed_time_in_milliseconds);
    if (doubt === undefined || trial.completion_percentage < 100) return trial;
    doubts.push(`Trial ${index + 1} is left out: ${doubt}.`);
    return { ...trial, completion_percentage: 0 };
  });
  return lapFile('deepracer-simtrace', trials, notes, doubts);
}

/** The rows at which an episode begins: its first, and the one before it. */
interface Episode {
  readonly first: SimtraceRow;
  readonly before: SimtraceRow | undefined;
}

const episodesOf = (rows: readonly SimtraceRow[]): Episode[] =>
  rows.flatMap((first, at) => (first.episode === rows[at - 1]?.episode ? [] : [{ first, before: rows[at - 1] }]));

/** Why a trial that came round is no lap all the same. Steps count from 1, or on from those of a lap that was complete. */
function doubtOf({ first, before }: Episode, elapsedMs: number): string | undefined {
  const goesOn = before !== undefined && before.progressPct >= 100 && first.step === before.step + 1;
  if (first.step !== 1 && !goesOn) return `the log does not have its beginning; its first row is step ${first.step}`;
  if (elapsedMs * 1000 < shortestLap(first.trackLengthM))
    return `nobody drives the ${first.trackLengthM.toFixed(1)} m of its track in ${elapsedMs} ms; its rows are out of order`;
  return undefined;
}

/** A trial that did not come round is no lap: its time ended somewhere. */
function lapFile(
  kind: LapFile['kind'],
  trials: readonly Omit<Trial, 'phase'>[],
  notes: readonly string[],
  doubts: readonly string[] = [],
): LapFile {
  const laps = trials.flatMap((trial, index): FoundLap[] =>
    trial.completion_percentage < 100
      ? []
      : [
          {
            lap: index + 1,
            time: trial.elapsed_time_in_milliseconds * 1000,
            valid: true,
            resets: trial.reset_count,
            offTracks: trial.off_track_count,
          },
        ],
  );
  if (laps.length === 0) {
    if (doubts[0] !== undefined) throw wrong(`holds no lap that counts. ${doubts[0]}`);
    const furthest = Math.max(0, ...trials.map((trial) => trial.completion_percentage));
    throw wrong(`holds no finished lap: of ${trials.length} trials the best came to ${furthest} %.`);
  }
  const unfinished = trials.length - laps.length - doubts.length;
  const leftOut = unfinished === 0 ? [] : [`${unfinished} of ${trials.length} trials did not finish their lap.`];
  return {
    kind,
    runs: [{ id: undefined, racer: undefined, track: undefined, drivenAt: undefined, laps }],
    leftOut: [...notes, ...doubts, ...leftOut],
  };
}
