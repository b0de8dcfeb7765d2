/** Stages one model and ends; the driving must not notice. */
import type { CarriedModel } from '@pitwall/protocol/messages';
import { serveTask } from '../background/index.js';
import { ModelStore } from './model-store.js';
import { type Source, stage } from './stage.js';

/** What the staging process is told. */
export interface StageTask {
  readonly folder: string;
  readonly quota: number;
  readonly source: Source;
}

serveTask<StageTask, CarriedModel>(({ folder, quota, source }) => stage(new ModelStore(folder, quota), source));
