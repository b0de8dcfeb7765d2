import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PitwallError } from '@pitwall/protocol';
import { type CheckpointJob, type JobOutcome, runJob } from './checkpoint-job.js';
import type { LapRecord } from './lap.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

const workerFile = fileURLToPath(new URL('./worker.js', import.meta.url));

/**
 * Runs jobs, at most `workers` at a time, each in a process of its own (one job runs right here). Outcomes come in the order
 * of the jobs, whoever was first. When one fails, the others are ended and its error is thrown.
 */
export async function runJobs(
  jobs: readonly CheckpointJob[],
  workers: number,
  onLap: (lap: LapRecord, job: number) => void,
  signal: AbortSignal,
): Promise<JobOutcome[]> {
  const [only] = jobs;
  if (only !== undefined && jobs.length === 1) return [await runJob(only, (lap) => onLap(lap, 0), signal)];
  const outcomes: JobOutcome[] = [];
  const children = new Set<ChildProcess>();
  const stop = () => {
    for (const child of children) child.send({ type: 'stop' } satisfies ToWorker);
  };
  signal.addEventListener('abort', stop, { once: true });
  let next = 0;
  const serve = async (): Promise<void> => {
    const child = fork(workerFile, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced' });
    children.add(child);
    try {
      while (next < jobs.length && !signal.aborted) {
        const index = next++;
        outcomes[index] = await send(child, jobs[index] as CheckpointJob, (lap) => onLap(lap, index));
      }
    } finally {
      children.delete(child);
      child.disconnect();
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(workers, jobs.length) }, serve));
  } finally {
    signal.removeEventListener('abort', stop);
    for (const child of children) child.kill();
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
