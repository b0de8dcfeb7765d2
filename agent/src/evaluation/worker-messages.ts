import type { ErrorCode } from '@pitwall/protocol';
import type { CheckpointJob, JobOutcome } from './checkpoint-job.js';
import type { LapRecord } from './lap.js';

export type ToWorker = { readonly type: 'job'; readonly job: CheckpointJob } | { readonly type: 'stop' };

export type FromWorker =
  | { readonly type: 'lap'; readonly lap: LapRecord }
  | { readonly type: 'done'; readonly outcome: JobOutcome }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string };
