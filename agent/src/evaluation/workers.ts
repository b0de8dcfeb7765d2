import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PitwallError } from '@pitwall/protocol';
import type { CheckpointJob, JobOutcome, JobRunner } from './checkpoint-job.js';
import type { LapRecord } from './lap.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

const workerFile = fileURLToPath(new URL('./worker.js', import.meta.url));

/**
 * Runs jobs, at most `workers` at a time: one here, each other in a process of its own. Outcomes come in the order of the jobs,
 * whoever was first. When one fails, the others are ended and its error is thrown.
 * @param here what runs those that run here; closed by who gave it
 */
export async function runJobs(
  jobs: readonly CheckpointJob[],
  workers: number,
  onLap: (lap: LapRecord, job: number) => void,
  signal: AbortSignal,
  here: JobRunner,
): Promise<JobOutcome[]> {
  const outcomes: JobOutcome[] = [];
  const children = new Set<ChildProcess>();
  const failed = new AbortController();
  const ended = AbortSignal.any([signal, failed.signal]);
  const stop = () => {
    for (const child of children) child.send({ type: 'stop' } satisfies ToWorker);
  };
  signal.addEventListener('abort', stop, { once: true });
  const waiting = jobs.map((_, index) => index);
  /** Takes the job whose network is loaded, otherwise the next. */
  const take = (runner?: JobRunner): number | undefined => {
    if (ended.aborted) return undefined;
    const loaded = runner === undefined ? -1 : waiting.findIndex((index) => runner.has(jobs[index] as CheckpointJob));
    return waiting.splice(Math.max(0, loaded), 1)[0];
  };
  const driveHere = async (): Promise<void> => {
    for (let index = take(here); index !== undefined; index = take(here)) {
      const job = index;
      outcomes[job] = await here.run(jobs[job] as CheckpointJob, (lap) => onLap(lap, job), ended);
    }
  };
  const serve = async (): Promise<void> => {
    const child = fork(workerFile, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced' });
    children.add(child);
    try {
      for (let index = take(); index !== undefined; index = take()) {
        const job = index;
        outcomes[job] = await send(child, jobs[job] as CheckpointJob, (lap) => onLap(lap, job));
      }
    } finally {
      children.delete(child);
      child.disconnect();
    }
  };
  const others = Math.min(workers, jobs.length) - 1;
  // This one first: of two jobs it takes the one that it has loaded.
  const lanes = [driveHere(), ...Array.from({ length: others }, serve)];
  try {
    await Promise.all(lanes);
  } finally {
    signal.removeEventListener('abort', stop);
    failed.abort();
    for (const child of children) child.kill();
    await Promise.allSettled(lanes);
  }
  return outcomes.filter((outcome) => outcome !== undefined);
}

function send(child: ChildProcess, job: CheckpointJob, onLap: (lap: LapRecord) => void): Promise<JobOutcome> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: FromWorker) => {
      if (message.type === 'lap') return onLap(message.lap);
      done();
      if (message.type === 'done') resolve(message.outcome);
      else reject(new PitwallError(message.code, message.message));
    };
    const onExit = (code: number | null, killed: string | null) => {
      done();
      const why = killed ?? `code ${code}`;
      const which = job.checkpoint === undefined ? '' : ` of checkpoint ${job.checkpoint}`;
      reject(new PitwallError('internal-error', `The process that ran the evaluation${which} ended with ${why}.`));
    };
    const done = () => {
      child.off('message', onMessage);
      child.off('exit', onExit);
    };
    child.on('message', onMessage);
    child.on('exit', onExit);
    child.send({ type: 'job', job } satisfies ToWorker);
  });
}
