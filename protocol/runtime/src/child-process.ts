import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * A command line whose process ends with this one, however that ends (prctl(2), PR_SET_PDEATHSIG, by Linux's own tool); as it
 * was where that tool is not there.
 */
export const endingWithParent = (signal: 'TERM' | 'KILL', command: readonly string[]): string[] =>
  isOnPath('setpriv') ? ['setpriv', '--pdeathsig', signal, '--', ...command] : [...command];

/**
 * Ends a child and waits until it has. `SIGTERM` asks; one that did not end within `graceMs` is killed. Idempotent.
 */
export async function endChild(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL', graceMs = 5000): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  const late = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await gone;
  clearTimeout(late);
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
