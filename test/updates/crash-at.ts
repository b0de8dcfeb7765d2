/**
 * For `node --import`: ends this process like a power cut at the CRASH_AT-th step that it takes on its disk, before the step. Each step is
 * counted into CRASH_LOG.
 */
import fs, { openSync, writeSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const at = Number(process.env.CRASH_AT);
const log = openSync(process.env.CRASH_LOG!, 'a');
let steps = 0;

function counted<T extends object>(holder: T, names: readonly (keyof T & string)[]): void {
  for (const name of names) {
    const real = holder[name] as unknown as (...args: unknown[]) => unknown;
    holder[name] = function counting(this: unknown, ...args: unknown[]) {
      steps += 1;
      writeSync(log, `${name}\n`);
      if (steps === at) process.kill(process.pid, 'SIGKILL');
      return real.apply(this, args);
    } as never;
  }
}
counted(fs, ['renameSync', 'rmSync', 'mkdirSync', 'fsyncSync', 'writeFileSync', 'unlinkSync']);
counted(fs.promises, ['open', 'rm', 'truncate', 'rename', 'mkdir', 'writeFile']);
syncBuiltinESMExports();
