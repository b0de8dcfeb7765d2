import type { SimtraceRow } from '@pitwall/protocol/simtrace';
import type { Track } from '@pitwall/protocol/track';
import { Referee } from '../referee.js';
import { type Prediction, poseOf, predictions } from './position-errors.js';

/** So many rows after a start no lap can be complete. */
const pastRows = 12;
/** Speeds in m/s at which the errors in position are split. */
const speedLimits = [0, 1, 2, 3] as const;

export interface ReplayReport {
  readonly track: string;
  readonly rows: number;
  /** One second after any state. */
  readonly positionErrorM: PositionError;
  /** The same, by the speed at that state: from, and to below the next. Speeds that the log does not have are left out. */
  readonly bySpeed: readonly (PositionError & { readonly fromMps: number; readonly states: number })[];
  /** The lag of its car's steering in seconds, as its rows tell: see `steeringLags`. */
  readonly steeringS: number;
  readonly progressErrorPct: { readonly median: number; readonly max: number };
  /** Share of rows on which all wheels on the track agrees. */
  readonly onTrackAgreement: number;
  readonly offTracks: { readonly logged: number; readonly found: number };
  readonly laps: readonly { readonly loggedMs: number; readonly computedMs: number }[];
}

/** In metres; NaN where no state of the log has a second of driving after it. */
export interface PositionError {
  readonly median: number;
  readonly p90: number;
}

/** What our rules make of one row of a log. */
export interface JudgedRow {
  readonly row: SimtraceRow;
  readonly allWheelsOnTrack: boolean;
  /** An off-track event begins here; it may last for steps. */
  readonly leavesTrack: boolean;
  /** From where the episode started, 0 to 100. */
  readonly progressPct: number;
}

/** One lap or try of a log, judged row by row. */
export interface JudgedEpisode {
  readonly rows: readonly JudgedRow[];
  /** Of the lap, where it was completed: as the log has it and as our progress has it. */
  readonly lap?: { readonly loggedMs: number; readonly computedMs: number };
}

/** Has our referee watch the poses of a log, in the direction in which it was driven. */
export function judgeLog(rows: readonly SimtraceRow[], givenTrack: Track): JudgedEpisode[] {
  const track = directionOf(rows, givenTrack);
  return episodes(rows, track).map((episode) => {
    const referee = new Referee(track);
    let wasOff = false;
    let computed: SimtraceRow | undefined;
    const judged: JudgedRow[] = [];
    for (const [i, row] of episode.rows.entries()) {
      const before = judged.at(-1);
      const resting = i === 0 || isResting(row);
      const { wheelsOnRoad } = resting ? referee.setDown(poseOf(row)) : referee.judge(poseOf(row), false);
      const progressPct = shiftedProgress(track, row, episode.startPct);
      const completes = i > pastRows && (before?.progressPct ?? 0) > 90 && progressPct < 10;
      if (completes) computed ??= row;
      // A lap that is complete is complete, wherever the wheels are.
      const off = !resting && wheelsOnRoad === 0 && !completes;
      // When the car has just been set down, the cloud simulator has its new pose and still its old wheels.
      const oldWheels = row.status === 'pause' && before?.row.status === 'off_track';
      const allWheelsOnTrack = oldWheels ? before.allWheelsOnTrack : wheelsOnRoad === 4;
      judged.push({ row, allWheelsOnTrack, leavesTrack: off && !wasOff, progressPct });
      wasOff = off;
    }
    const logged = judged.find(({ row }) => row.progressPct >= 100);
    if (logged === undefined) return { rows: judged };
    const ms = (time: number) => Math.round((time - episode.startS) * 1000);
    return {
      rows: judged,
      lap: { loggedMs: ms(logged.row.timeS), computedMs: ms(computed?.timeS ?? episode.endS) },
    };
  });
}

/** Lays a real log beside our track, our rules and our physics. */
export function replay(rows: readonly SimtraceRow[], track: Track): ReplayReport {
  const episodes = judgeLog(rows, track);
  const judged = episodes.flatMap((episode) => episode.rows);
  const count = (fits: (row: JudgedRow) => boolean) => judged.filter(fits).length;
  const progressErrors = judged.map(({ row, progressPct }) =>
    row.progressPct >= 100 && progressPct < 50 ? 0 : Math.abs(wrapPct(progressPct - row.progressPct)),
  );
  const { predictions: predicted, steeringS } = predictions(rows);
  return {
    track: track.id,
    rows: rows.length,
    positionErrorM: errorOf(predicted),
    bySpeed: speedLimits.flatMap((fromMps, i) => {
      const toMps = speedLimits[i + 1] ?? Number.POSITIVE_INFINITY;
      const own = predicted.filter(({ speedMps }) => speedMps >= fromMps && speedMps < toMps);
      return own.length === 0 ? [] : [{ fromMps, states: own.length, ...errorOf(own) }];
    }),
    steeringS,
    progressErrorPct: { median: quantile(progressErrors, 0.5), max: quantile(progressErrors, 1) },
    onTrackAgreement:
      rows.length === 0
        ? 1
        : count(({ row, allWheelsOnTrack }) => row.allWheelsOnTrack === allWheelsOnTrack) / rows.length,
    offTracks: {
      logged: count(({ row }) => row.status === 'off_track'),
      found: count(({ leavesTrack }) => leavesTrack),
    },
    laps: episodes.flatMap(({ lap }) => lap ?? []),
  };
}

function errorOf(predicted: readonly Prediction[]): PositionError {
  const errors = predicted.map(({ errorM }) => errorM);
  return { median: quantile(errors, 0.5), p90: quantile(errors, 0.9) };
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
