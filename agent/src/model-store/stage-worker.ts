/** Stages one model and ends; the driving must not notice. */
import { constants, setPriority } from 'node:os';
import { isPitwallError } from '@pitwall/protocol';
import { ModelStore } from './model-store.js';
import { stage } from './stage.js';
import type { FromStaging, ToStaging } from './stage-messages.js';

setPriority(constants.priority.PRIORITY_LOW);

const tell = (message: FromStaging) => process.send?.(message, () => process.exit(0));

process.once('disconnect', () => process.exit(0));
process.once('message', (message) => {
  const { folder, quota, source } = message as ToStaging;
  stage(new ModelStore(folder, quota), source).then(
    (model) => tell({ type: 'staged', model }),
    (error: unknown) =>
      isPitwallError(error)
        ? tell({ type: 'refused', code: error.code, message: error.message })
        : tell({ type: 'refused', code: 'internal-error', message: `Staging failed: ${String(error)}` }),
  );
});
