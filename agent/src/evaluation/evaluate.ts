import { createHash } from 'node:crypto';
import { PitwallError, type Sha256 } from '@pitwall/protocol';
import type { Evaluation } from '@pitwall/protocol/api';
import type { Score } from '@pitwall/protocol/ranking';
import type { CheckpointChoice } from '../model/index.js';
import { readTrack, simulatorVersion } from '../simulator/index.js';
import { type CheckpointJob, type JobOutcome, JobRunner } from './checkpoint-job.js';
import { bestCheckpoint, type CheckpointSummary, summarise } from './choose-checkpoint.js';
import { isComplete, type LapRecord, lapMicros } from './lap.js';
import { robustnessLevels, type TriedRobustness, tryRobustness } from './robustness.js';
import type { DomainChange, Robustness } from './robustness-result.js';
import type { EvaluationRules } from './rules.js';
import { runJobs } from './workers.js';

export interface EvaluateOptions {
  readonly archive: string;
  readonly checkpoint: CheckpointChoice | 'all';
  readonly track: string;
  readonly rules: EvaluationRules;
  readonly seed: number;
  /** What its camera sees otherwise; absent: nothing. */
  readonly domain?: DomainChange;
  /** Drives the chosen checkpoint once more under each change of the camera. */
  readonly robustness?: boolean;
  /** Processes at a time. */
  readonly workers: number;
  readonly signal: AbortSignal;
  /** Hears of every lap, with how many there will be at most, and of which checkpoint it is. */
  readonly onLap: (lap: LapRecord, expected: number, of: CheckpointPlace) => void;
}

/** Which of the checkpoints that are evaluated, from 1. */
export interface CheckpointPlace {
  readonly checkpoint: number;
  readonly checkpoints: number;
}

/** What an evaluation gives: the part that travels, and what files are made from. */
export interface Evaluated {
  readonly evaluation: Evaluation & {
    readonly because: string;
    readonly notes: string[];
    /** By the race's rules; null where they are not met. */
    readonly score: Score | null;
    /** How the camera was changed, where it was: no result to rank beside others. */
    readonly domain?: DomainChange;
    /** How the chosen checkpoint drives with a changed camera, where that was asked for. */
    readonly robustness?: Robustness;
    /** Stopped before it was complete. */
    readonly interrupted: boolean;
  };
  readonly best: CheckpointSummary;
  readonly summaries: readonly CheckpointSummary[];
  /** What was odd about the archive, one sentence each. */
  readonly notes: readonly string[];
  readonly outcomes: readonly JobOutcome[];
  readonly robustness?: TriedRobustness;
}

/** Evaluates one or all checkpoints of a model on a track and chooses the best. Deterministic for a seed. */
export async function evaluate(options: EvaluateOptions): Promise<Evaluated> {
  const runner = new JobRunner();
  try {
    return await evaluateWith(runner, options);
  } finally {
    await runner.close();
  }
}

async function evaluateWith(runner: JobRunner, options: EvaluateOptions): Promise<Evaluated> {
  const { archive, checkpoint, rules, seed, signal, domain } = options;
  const track = readTrack(options.track);
  const choices = checkpoint === 'all' ? await runner.checkpoints(archive) : [checkpoint];
  const jobs = choices.map((choice): CheckpointJob => {
    const job = { archive, checkpoint: choice, track: options.track, rules, seed };
    return domain === undefined ? job : { ...job, domain };
  });
  const runs = jobs.length + (options.robustness === true ? robustnessLevels : 0);
  const heard = (lap: LapRecord, checkpoint: number) =>
    options.onLap(lap, runs * rules.trials * rules.laps, { checkpoint, checkpoints: jobs.length });
  const outcomes = await runJobs(jobs, options.workers, (lap, job) => heard(lap, job + 1), signal, runner);
  const summaries = outcomes.map(({ laps, ...named }) => {
    const { checkpoint: name, number } = named;
    return summarise({ checkpoint: name, ...(number === undefined ? {} : { number }) }, laps, rules);
  });
  const choice = bestCheckpoint(summaries, rules.ranking);
  const [first] = outcomes;
  if (choice === undefined || first === undefined) {
    throw new PitwallError('evaluation-empty', 'The evaluation was stopped before the first checkpoint had a lap.');
  }
  const { best, because } = choice;
  const at = summaries.indexOf(best);
  const tried =
    options.robustness === true && !signal.aborted
      ? await tryRobustness(
          { ...(jobs[at] as CheckpointJob), checkpoint: best.number ?? (jobs[at] as CheckpointJob).checkpoint },
          { summary: best, outcome: outcomes[at] as JobOutcome },
          options.workers,
          (lap) => heard(lap, jobs.length),
          signal,
          runner,
        )
      : undefined;
  return {
    evaluation: {
      model: { hash: first.model.hash as Sha256, name: first.model.name },
      track: { id: track.id as Evaluation['track']['id'], version: track.version, direction: rules.direction },
      rules: { hash: hashOf(rules), name: rules.name },
      simulatorVersion,
      seed,
      checkpoints: summaries.map(travelling),
      chosen: best.checkpoint,
      because,
      notes: [...first.notes],
      ...(domain === undefined ? {} : { domain }),
      ...(tried === undefined ? {} : { robustness: tried.robustness }),
      score: best.score,
      interrupted: signal.aborted,
    },
    best,
    summaries,
    notes: first.notes,
    outcomes,
    ...(tried === undefined ? {} : { robustness: tried }),
  };
}

function travelling({ checkpoint, meanProgressPct, meanLap, laps }: CheckpointSummary): Evaluation['checkpoints'][0] {
  return {
    checkpoint,
    meanProgressPct,
    meanLapTime: meanLap,
    laps: laps.map((lap) => ({
      lap: lap.lap,
      trial: lap.trial,
      time: isComplete(lap) ? lapMicros(lap) : null,
      progressPct: lap.progressPct,
      resets: lap.resets,
      offTracks: lap.offTracks,
      collisions: lap.crashes,
    })),
  };
}

/** The same rules have the same hash, in whatever order their fields were written. */
function hashOf(rules: EvaluationRules): Sha256 {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
  };
  return createHash('sha256')
    .update(JSON.stringify(sorted(rules)))
    .digest('hex') as Sha256;
}
