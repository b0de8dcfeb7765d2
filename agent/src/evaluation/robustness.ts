import type { CheckpointJob, JobOutcome, JobRunner } from './checkpoint-job.js';
import { type CheckpointSummary, summarise } from './choose-checkpoint.js';
import type { LapRecord } from './lap.js';
import { stepsPerPicture, tracedPicture } from './policy-trace.js';
import type { DomainChange, Robustness, RobustnessLevel } from './robustness-result.js';
import { runJobs } from './workers.js';

/**
 * What is tried, from small to large. Shutter: a camera of 30 frames a second is open for 33 ms at most, of 50 lamps' flashes
 * a second for 20 or 10. Tilt: what a bracket gives that is bent by hand. Mask: the grey cover that racers of the community's
 * car software lay over white walls and lamps. Light and exposure: a hall's brightest corner has about four times (2 stops)
 * the light of its darkest.
 */
const series: readonly {
  readonly name: Robustness['series'][number]['name'];
  readonly levels: readonly DomainChange[];
}[] = [
  { name: 'light', levels: [0.2, 0.4, 0.6].map((light) => ({ light })) },
  { name: 'blur', levels: [10, 20, 33].map((blurMs) => ({ blurMs })) },
  { name: 'darker', levels: [-0.5, -1, -2].map((exposureEv) => ({ exposureEv })) },
  { name: 'brighter', levels: [0.5, 1, 2].map((exposureEv) => ({ exposureEv })) },
  { name: 'tilted-up', levels: [-1, -2, -3].map((tiltDeg) => ({ tiltDeg })) },
  { name: 'tilted-down', levels: [1, 2, 3].map((tiltDeg) => ({ tiltDeg })) },
  { name: 'mask', levels: [{ mask: 128 }] },
];

/** A change in words: `33 ms`, `−2 EV`. */
export function inWords({ light, blurMs, exposureEv, tiltDeg, mask }: DomainChange): string {
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value)}`;
  const parts = [
    light === undefined ? '' : `±${Math.round(light * 100)}% light`,
    blurMs === undefined ? '' : `${blurMs} ms`,
    exposureEv === undefined ? '' : `${signed(exposureEv)} EV`,
    tiltDeg === undefined ? '' : `${signed(tiltDeg)}°`,
    mask === undefined ? '' : `grey ${mask}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

/** How many laps {@link tryRobustness} drives for each lap of an evaluation. */
export const robustnessLevels = series.reduce((sum, { levels }) => sum + levels.length, 0);

/** The part that travels, and what the camera saw at each level two seconds after the start; by the level. */
export interface TriedRobustness {
  readonly robustness: Robustness;
  readonly views: ReadonlyMap<RobustnessLevel, Uint8Array>;
}

/** Two seconds after the start: the car moves, and is still about where it is without a change. */
const viewAt = Math.floor(30 / stepsPerPicture);

/** Drives a checkpoint once more under each change. Undefined where it was stopped before all were driven. */
export async function tryRobustness(
  job: Omit<CheckpointJob, 'domain'>,
  plain: { readonly summary: CheckpointSummary; readonly outcome: JobOutcome },
  workers: number,
  onLap: (lap: LapRecord) => void,
  signal: AbortSignal,
  here: JobRunner,
): Promise<TriedRobustness | undefined> {
  const jobs = series.flatMap(({ levels }) => levels.map((domain): CheckpointJob => ({ ...job, domain })));
  const outcomes = await runJobs(jobs, workers, onLap, signal, here);
  if (signal.aborted || outcomes.length < jobs.length) return undefined;
  const views = new Map<RobustnessLevel, Uint8Array>();
  const seen = (level: RobustnessLevel, { trace }: JobOutcome) => {
    const view = tracedPicture(trace.pictures, viewAt);
    if (view !== undefined) views.set(level, view);
    return level;
  };
  const without = seen(levelOf({}, plain.summary), plain.outcome);
  let next = 0;
  const tried = series.map(({ name, levels }) => {
    const driven = levels.map((change) => {
      const outcome = outcomes[next++] as JobOutcome;
      const { checkpoint, laps } = outcome;
      return seen(levelOf(change, summarise({ checkpoint }, laps, job.rules), without), outcome);
    });
    return { name, levels: driven, breaksAt: driven.find(({ verdict }) => verdict === 'breaks')?.change ?? null };
  });
  return { robustness: { checkpoint: plain.summary.checkpoint, plain: without, series: tried }, views };
}

function levelOf(change: DomainChange, summary: CheckpointSummary, plain?: RobustnessLevel): RobustnessLevel {
  const { laps, completeLaps, meanProgressPct, meanLap } = summary;
  const count = (of: (lap: LapRecord) => number) => laps.reduce((sum, lap) => sum + of(lap), 0);
  const figures = {
    change,
    laps: laps.length,
    completeLaps,
    meanProgressPct,
    meanLapTime: meanLap,
    offTracks: count(({ offTracks }) => offTracks),
    collisions: count(({ crashes }) => crashes),
  };
  return { ...figures, verdict: plain === undefined ? 'holds' : verdictOf(figures, plain) };
}

type Incidents = Pick<RobustnessLevel, 'laps' | 'completeLaps' | 'offTracks' | 'collisions'>;

export function verdictOf(level: Incidents, plain: Incidents): RobustnessLevel['verdict'] {
  if (level.completeLaps < plain.completeLaps) return 'breaks';
  const more = level.offTracks + level.collisions - plain.offTracks - plain.collisions;
  return more > 0 && more >= plain.laps / 2 ? 'worse' : 'holds';
}
