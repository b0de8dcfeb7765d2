/** An evaluation's worker process: takes one job at a time from its parent, answers with laps as they come and the outcome. */
import { isPitwallError } from '@pitwall/protocol';
import { type CheckpointJob, JobRunner } from './checkpoint-job.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

const stop = new AbortController();
const runner = new JobRunner();
const tell = (message: FromWorker) => {
  if (process.connected) process.send?.(message);
};

async function run(job: CheckpointJob): Promise<void> {
  try {
    const outcome = await runner.run(job, (lap) => tell({ type: 'lap', lap }), stop.signal);
    tell({ type: 'done', outcome });
  } catch (error) {
    const code = isPitwallError(error) ? error.code : 'internal-error';
    tell({ type: 'failed', code, message: error instanceof Error ? error.message : String(error) });
  }
}

// Ctrl-C reaches every process of the terminal; the parent decides when to stop.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToWorker) => {
  if (message.type === 'job') void run(message.job);
  else stop.abort();
});
