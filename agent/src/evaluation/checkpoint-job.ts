import { type Action, beyondCar } from '@pitwall/protocol/policy';
import { type CheckpointChoice, loadModel } from '../model/index.js';
import { readTrack, World } from '../simulator/index.js';
import type { LapRecord } from './lap.js';
import { observerOf } from './observe-world.js';
import type { EvaluationRules } from './rules.js';
import { type Run, runTrials } from './run-trials.js';

/** One checkpoint to evaluate: plain data, so that it travels to a worker process. */
export interface CheckpointJob {
  readonly archive: string;
  readonly checkpoint: CheckpointChoice;
  readonly track: string;
  readonly rules: EvaluationRules;
  readonly seed: number;
}

export interface JobOutcome extends Run {
  readonly model: { readonly hash: string; readonly name: string };
  readonly checkpoint: string;
  readonly number?: number;
  /** What was odd about the archive, and what the model asks for that the car cannot do, a sentence each. */
  readonly notes: readonly string[];
  /** What a discrete model chooses from. */
  readonly actions: readonly Pick<Action, 'steeringDeg' | 'speedMps'>[] | null;
}

/** Loads the checkpoint, drives its trials, and closes it again. */
export async function runJob(
  job: CheckpointJob,
  onLap: (lap: LapRecord) => void,
  signal: AbortSignal,
): Promise<JobOutcome> {
  const track = readTrack(job.track).inDirection(job.rules.direction);
  const model = await loadModel(job.archive, { checkpoint: job.checkpoint });
  try {
    const { rules, seed } = job;
    const { raceType, car } = rules;
    const world = new World({ track, seed, raceType, ...(car === undefined ? {} : { limits: car }) });
    await model.alignBatches();
    const observer = () => observerOf(model.metadata);
    const run = await runTrials({ world, policy: model.policy, rules, observer, seed, signal, onLap });
    const { number, path } = model.checkpoint;
    const { actionSpace } = model.metadata;
    return {
      model: { hash: model.hash, name: model.name },
      checkpoint: number === undefined ? path : String(number),
      ...(number === undefined ? {} : { number }),
      notes: [...model.notes, ...beyondCar(actionSpace, car)],
      actions: actionSpace.kind === 'discrete' ? actionSpace.actions : null,
      ...run,
    };
  } finally {
    await model.policy.close();
  }
}
