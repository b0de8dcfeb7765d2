import { join } from 'node:path';
import { systemTimers } from '@pitwall/runtime';
import type { Logger } from 'pino';
import { ConfirmedRuns, RecordingWorker, RunFiles, RunRecordings } from '../run-recordings/index.js';
import type { Store } from '../store/index.js';
import type { Config } from './config.js';
import { agentOf } from './evaluation.js';
import type { Started } from './running.js';
import type { Track } from './track.js';

/** Recordings and videos of runs, fetched and made from now on. */
export async function openRunRecordings(
  config: Config,
  { store, track, logger }: { readonly store: Store; readonly track: Track; readonly logger: Logger },
  started: Started,
): Promise<RunRecordings> {
  const { desk, cars } = track;
  const files = new RunFiles(join(config.data, 'run-recordings'));
  const recordings = new RunRecordings(store, files);
  const confirmed = new ConfirmedRuns((run) => {
    recordings.want(run).then(
      () => worker.wake(),
      (error: Error) => logger.warn({ run: run.run, error: error.message }, 'the recording of a run is not fetched'),
    );
  });
  const worker = new RecordingWorker({
    ...{ recordings, files, cars, timers: systemTimers, epoch: Date.now, log: logger, agent: agentOf(config) },
    raceOf: async (race) => {
      const state = await desk.state(race);
      return { state, records: (await desk.log(race, 0, state.seq)).records };
    },
    isUnderWay: () => confirmed.isUnderWay,
  });
  await worker.start();
  started.add(() => worker.stop());
  started.add(desk.watch(confirmed.heard));
  return recordings;
}
