/** Stages one version and ends; the driving must not notice. */
import { serveTask } from '../background/index.js';
import { type StageVersionTask, stageVersion } from './stage-version.js';

serveTask<StageVersionTask, undefined, number>(async (task, tell) => {
  await stageVersion(task, tell);
  return undefined;
});
