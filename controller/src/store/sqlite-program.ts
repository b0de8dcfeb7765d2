import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { SqliteFile } from './sqlite-file.js';
import type { Asked, Said } from './sqlite-thread.js';

/** What runs in the thread of a SQLite file: does what it is asked, one after the other. */
const port = parentPort as MessagePort;

function attempt<T>(
  work: () => T,
): T | { readonly error: { readonly message: string; readonly code: string | undefined } } {
  try {
    return work();
  } catch (error) {
    return { error: { message: (error as Error).message, code: (error as { code?: string }).code } };
  }
}

const opened = attempt(() => ({ file: new SqliteFile(workerData as string, { readonly: false }) }));
if ('error' in opened) port.postMessage(opened satisfies Said);
else {
  const { file } = opened;
  port.postMessage({ rows: [], changes: undefined } satisfies Said);
  port.on('message', (asked: Asked) => {
    if (asked === 'close') {
      file.close();
      port.close();
    } else port.postMessage(attempt(() => file.execute(asked.sql, asked.parameters)) satisfies Said);
  });
}
