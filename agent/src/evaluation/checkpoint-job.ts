import { type Action, beyondCar } from '@pitwall/protocol/policy';
import { type CheckpointChoice, type LoadedModel, loadModel } from '../model/index.js';
import { readTrack, World } from '../simulator/index.js';
import { tiltRad } from './domain-change.js';
import type { LapRecord } from './lap.js';
import { observerOf } from './observe-world.js';
import type { DomainChange } from './robustness-result.js';
import type { EvaluationRules } from './rules.js';
import { type Run, runTrials } from './run-trials.js';

/** One checkpoint to evaluate: plain data, so that it travels to a worker process. */
export interface CheckpointJob {
  readonly archive: string;
  readonly checkpoint: CheckpointChoice;
  readonly track: string;
  readonly rules: EvaluationRules;
  readonly seed: number;
  /** What its camera sees otherwise; absent: nothing. */
  readonly domain?: DomainChange;
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

/** Runs jobs one after the other: the network and the place that a job has in common with the one before are not made again. */
export class JobRunner {
  #model: { readonly key: string; readonly loaded: LoadedModel } | undefined;
  #world: { readonly key: string; readonly made: World } | undefined;

  /** Drives a job's trials. */
  async run(job: CheckpointJob, onLap: (lap: LapRecord) => void, signal: AbortSignal): Promise<JobOutcome> {
    const { rules, seed, domain = {} } = job;
    // The place is painted here while the network is imported in a process of its own.
    const [model, world] = await Promise.all([
      this.#load(job.archive, job.checkpoint),
      Promise.resolve(job).then((of) => this.#worldOf(of)),
    ]).then(([loaded, place]) => [loaded, place.another(tiltRad(domain))] as const);
    const observer = () => observerOf(model.metadata, domain);
    const run = await runTrials({ world, policy: model.policy, rules, observer, seed, signal, onLap });
    const { number, path } = model.checkpoint;
    const { actionSpace } = model.metadata;
    return {
      model: { hash: model.hash, name: model.name },
      checkpoint: number === undefined ? path : String(number),
      ...(number === undefined ? {} : { number }),
      notes: [...model.notes, ...beyondCar(actionSpace, rules.car)].slice(0, mostNotes).map(cut),
      actions: actionSpace.kind === 'discrete' ? actionSpace.actions : null,
      ...run,
    };
  }

  /** The archive's checkpoints; the one that counts as its best is loaded then. */
  async checkpoints(archive: string): Promise<readonly CheckpointChoice[]> {
    const { checkpoints, checkpoint } = await this.#load(archive, 'best');
    const choices = checkpoints.map(({ number }) => number ?? 'best');
    if (this.#model !== undefined) this.#model = { ...this.#model, key: keyOf(archive, checkpoint.number ?? 'best') };
    return choices;
  }

  /** Whether it has the network already that this job drives. */
  has({ archive, checkpoint }: CheckpointJob): boolean {
    return this.#model?.key === keyOf(archive, checkpoint);
  }

  async close(): Promise<void> {
    const model = this.#model;
    this.#model = undefined;
    await model?.loaded.policy.close();
  }

  async #load(archive: string, checkpoint: CheckpointChoice): Promise<LoadedModel> {
    const key = keyOf(archive, checkpoint);
    if (this.#model?.key === key) return this.#model.loaded;
    await this.close();
    const loaded = await loadModel(archive, { checkpoint });
    this.#model = { key, loaded };
    await loaded.alignBatches();
    return loaded;
  }

  #worldOf({ track, rules: { direction, raceType, car }, seed }: CheckpointJob): World {
    const key = JSON.stringify([track, direction, raceType, car, seed]);
    if (this.#world?.key === key) return this.#world.made;
    const limits = car === undefined ? {} : { limits: car };
    const made = new World({ track: readTrack(track).inDirection(direction), seed, raceType, ...limits });
    this.#world = { key, made };
    return made;
  }
}

/** An evaluation travels with so many, of so many characters each: protocol/src/api/evaluation.ts. */
const mostNotes = 10;
const cut = (note: string): string => (note.length > 300 ? `${note.slice(0, 299)}…` : note);
const keyOf = (archive: string, checkpoint: CheckpointChoice): string => JSON.stringify([archive, checkpoint]);
