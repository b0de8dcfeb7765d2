import { errorLine } from '@pitwall/protocol';
import type { EvaluationProgress } from '@pitwall/protocol/api';
import { type BlobStore, backOffMs } from '@pitwall/runtime';
import { v7 as uuidv7 } from 'uuid';
import { type AgentEnd, type AgentOptions, forgetDead, inFolder, runAgent } from './agent-process.js';
import { storeFiles } from './evaluation-files.js';
import { evaluationScore } from './evaluation-score.js';
import { jobFrom } from './job.js';
import { type EvaluationQueue, LostJob, type Taken } from './queue.js';

export interface EvaluatorOptions extends AgentOptions {
  readonly queue: EvaluationQueue;
  readonly blobs: BlobStore;
  /** The file of an uploaded track; undefined for one that every agent has. */
  readonly tracks: { uploaded(track: { id: string; version: number }): Promise<string | undefined> };
  /** Hears when a submission has come to its end. */
  readonly onEnd?: () => void;
  readonly log: (message: string) => void;
  /** How often the queue is looked into when nothing wakes it, ms. */
  readonly lookEveryMs?: number;
}

/** After something that was this machine's fault. */
const backOff = { firstMs: 500, mostMs: 60_000 };

/** One worker: takes a submission, has the agent evaluate it, writes what came of it, and takes the next. */
export class Evaluator {
  readonly id = uuidv7();
  readonly #options: EvaluatorOptions;
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #awake = false;
  #troubles = 0;

  constructor(options: EvaluatorOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Looks into the queue now. */
  wake(): void {
    this.#awake = true;
    this.#wake?.();
  }

  /** What it is doing goes back to the queue. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { queue, log, lookEveryMs = 1000 } = this.#options;
    let swept = Number.NEGATIVE_INFINITY;
    await forgetDead(this.#options.scratch);
    while (!this.#stopping.signal.aborted) {
      this.#awake = false;
      let taken: Taken | undefined;
      try {
        if (performance.now() - swept > queue.leaseMs / 2) {
          await queue.sweep();
          swept = performance.now();
        }
        taken = await queue.take(this.id);
        if (taken !== undefined) await this.#work(taken);
      } catch (error) {
        this.#troubles += 1;
        if (!(error instanceof LostJob)) log(`evaluator: ${errorLine(error)}`);
      }
      if (this.#troubles > 0) await this.#rest(backOffMs(this.#troubles, backOff), false);
      else if (taken === undefined) await this.#rest(lookEveryMs, true);
    }
  }

  async #rest(ms: number, wakeable: boolean): Promise<void> {
    if (this.#stopping.signal.aborted || (wakeable && this.#awake)) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        if (!wakeable && !this.#stopping.signal.aborted) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  async #work(taken: Taken): Promise<void> {
    const { queue } = this.#options;
    const lease = new Lease(queue, taken, this.#stopping.signal);
    try {
      await inFolder(this.#options.scratch, async (folder) => {
        const end = await this.#evaluate(taken, folder, lease);
        lease.stop();
        await this.#write(taken, end, lease);
      });
      this.#options.onEnd?.();
    } catch (error) {
      lease.stop();
      if (error instanceof LostJob) return;
      // A full disk, say: another worker may be better off.
      this.#troubles += 1;
      this.#options.log(`evaluator: submission ${taken.id}: ${errorLine(error)}`);
      await queue.giveUp(taken, {
        code: 'evaluation-crashed',
        reason: 'The evaluation could not be carried out: a worker had no room, or could not read it. Submit it again.',
      });
    }
  }

  async #evaluate(taken: Taken, folder: string, lease: Lease): Promise<AgentEnd> {
    const job = jobFrom(taken.job);
    return await runAgent(this.#options, folder, {
      archive: await this.#options.blobs.get(taken.model_hash),
      job,
      uploadedTrack: await this.#options.tracks.uploaded({ id: job.track, version: job.trackVersion ?? 1 }),
      signal: lease.lost,
      onProgress: (progress) => lease.tell(progress),
    });
  }

  async #write(taken: Taken, end: AgentEnd, lease: Lease): Promise<void> {
    const { queue, blobs } = this.#options;
    if (this.#stopping.signal.aborted) return await queue.putBack(taken);
    if (lease.lost.aborted) return await queue.cancelled(taken);
    if (end.type === 'crash') {
      this.#options.log(`evaluator: submission ${taken.id}: ${end.reason}`);
      return await queue.giveUp(taken, {
        code: 'evaluation-crashed',
        reason: `${end.reason} It was tried ${taken.attempts} times.`,
      });
    }
    this.#troubles = 0;
    if (end.type === 'fault') return await queue.fail(taken, end);
    const { evaluation, folder } = end;
    const verdict = evaluationScore(evaluation, jobFrom(taken.job).rules);
    const files = await storeFiles(folder, evaluation, blobs);
    await queue.finish(taken, {
      evaluation: JSON.stringify(evaluation),
      score: verdict.score?.score ?? null,
      bestLap: verdict.score?.bestLap ?? null,
      reason: verdict.reason,
      files,
    });
  }
}

/** Tells the queue now and then that the worker lives and how far it is; `lost` aborts when the work is in vain. */
class Lease {
  readonly #queue: EvaluationQueue;
  readonly #taken: Taken;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #telling: Promise<void> = Promise.resolve();
  readonly lost: AbortSignal;

  constructor(queue: EvaluationQueue, taken: Taken, stopping: AbortSignal) {
    this.#queue = queue;
    this.#taken = taken;
    this.lost = AbortSignal.any([stopping, this.#lost.signal]);
    this.#timer = setInterval(() => this.tell(), queue.leaseMs / 3);
  }

  /** One after another, so that what is written last is the latest. */
  tell(progress?: EvaluationProgress): void {
    this.#telling = this.#telling.then(async () => {
      if (this.lost.aborted) return;
      // A database that does not answer now may answer in time for the next.
      const goOn = await this.#queue.hold(this.#taken, progress).catch(() => true);
      if (!goOn) this.#lost.abort();
    });
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
