import type { Action } from '@pitwall/protocol/policy';
import { type CheckpointChoice, loadModel } from '../model/index.js';
import { readTrack, World } from '../simulator/index.js';
import type { LapRecord } from './lap.js';
import type { EvaluationRules } from './rules.js';
import { type Run, runTrials } from './run.js';
import { observerOf } from './sensors.js';

/** One checkpoint to evaluate: plain data, so that it travels to a worker process. */
export interface Job {
  readonly archive: string;
  readonly checkpoint: CheckpointChoice;
  readonly track: string;
  readonly rules: EvaluationRules;
  readonly seed: number;
}

export interface JobOutcome extends Run {
  readonly model: { readonly hash: string; readonly name: string };
  readonly checkpoint: string;
  /** What was odd about the archive, one sentence each. */
  readonly notes: readonly string[];
  readonly number?: number;
  /** What a discrete model chooses from. */
  readonly actions: readonly Pick<Action, 'steeringDeg' | 'speedMps'>[] | null;
}

/** Loads the checkpoint, drives its trials, and closes it again. */
export async function runJob(job: Job, onLap: (lap: LapRecord) => void, signal: AbortSignal): Promise<JobOutcome> {
  const track = readTrack(job.track).inDirection(job.rules.direction);
  const model = await loadModel(job.archive, { checkpoint: job.checkpoint });
  try {
    const { rules, seed } = job;
    const world = new World({ track, seed, raceType: rules.raceType });
    const observe = observerOf(model.metadata);
    const run = await runTrials({ world, policy: model.policy, rules, observe, seed, signal, onLap });
    const { number, path } = model.checkpoint;
    const { actionSpace } = model.metadata;
    return {
      model: { hash: model.hash, name: model.name },
      checkpoint: number === undefined ? path : String(number),
      notes: model.notes,
      ...(number === undefined ? {} : { number }),
      actions: actionSpace.kind === 'discrete' ? actionSpace.actions : null,
      ...run,
    };
  } finally {
    await model.policy.close();
  }
}
