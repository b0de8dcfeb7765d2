import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { type ErrorCode, isPitwallError, PitwallError } from '@pitwall/protocol';

/** What a background process says. Both ends are the same build, so nothing is parsed. */
type Said<Result, News> =
  | { readonly type: 'done'; readonly result: Result }
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly message: string }
  | { readonly type: 'news'; readonly news: News };

export interface BackgroundTask<Task, News> {
  /** The path of what calls {@link serveTask}. */
  readonly script: string;
  readonly task: Task;
  /** How long it may take, ms. */
  readonly patience: number;
  readonly onChild: (child: ChildProcess) => void;
  readonly onNews?: (news: News) => void;
  /** What is thrown where the process ended without an answer. */
  readonly ended: (why: string) => PitwallError;
}

/** Has one task done in a process of its own, which takes only what time the driving leaves. @throws PitwallError as the task does */
export async function runInBackground<Task extends object, Result, News = never>({
  script,
  task,
  patience,
  onChild,
  onNews,
  ended,
}: BackgroundTask<Task, News>): Promise<Result> {
  const child = await begin(script);
  onChild(child);
  const late = setTimeout(() => child.kill('SIGKILL'), patience);
  try {
    return await new Promise<Result>((resolve, reject) => {
      child.on('message', (message) => {
        const said = message as Said<Result, News>;
        if (said.type === 'news') onNews?.(said.news);
        else if (said.type === 'done') resolve(said.result);
        else reject(new PitwallError(said.code, said.message));
      });
      child.once('exit', (code, signal) => reject(ended(signal ?? `exit code ${code}`)));
      child.send(task, () => {});
    });
  } finally {
    clearTimeout(late);
    if (child.connected) child.disconnect();
  }
}

/** The other end: does one task and ends. `tell` says how far it is. */
export function serveTask<Task, Result, News = never>(
  perform: (task: Task, tell: (news: News) => void) => Promise<Result>,
): void {
  setPriority(constants.priority.PRIORITY_LOW);
  const say = (said: Said<Result, News>, then = () => {}) => process.send?.(said, then);
  process.once('disconnect', () => process.exit(0));
  process.once('message', (task) => {
    perform(task as Task, (news) => say({ type: 'news', news })).then(
      (result) => say({ type: 'done', result }, () => process.exit(0)),
      (error: unknown) => {
        const { code, message } = isPitwallError(error)
          ? error
          : new PitwallError('internal-error', `It failed: ${String(error)}`);
        say({ type: 'refused', code, message }, () => process.exit(0));
      },
    );
  });
}

/**
 * Only where nobody else runs, all of it on one processor, also where the agent itself has real-time priority. All of these
 * programs come with util-linux.
 */
const humbly = (script: string, processor: string) => [
  ...['--idle', '0', 'taskset', '--cpu-list', processor, 'ionice', '--class', '3'],
  ...[process.execPath, script],
];

/** Where the system lacks the programs that lower a process's priority, the process lowers its own. */
async function begin(script: string): Promise<ChildProcess> {
  // Out of the terminal's group: Ctrl-C is the agent's.
  const options = { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: true } satisfies SpawnOptions;
  const humble = spawn('chrt', humbly(script, lastProcessor()), options);
  const begun = await new Promise<boolean>((resolve) => {
    humble.once('spawn', () => resolve(true));
    humble.once('error', () => resolve(false));
  });
  return begun ? humble : spawn(process.execPath, [script], options);
}

/** Of those that this process may use: the first ones have the interrupts. proc(5) */
function lastProcessor(): string {
  const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return allowed.split(/[,-]/).at(-1) as string;
}
