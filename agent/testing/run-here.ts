import { runCommand } from '@pitwall/agent/commands';

/** What a command said. */
export interface Said {
  readonly stdout: string;
  readonly stderr: string;
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs a command of `pitwall-agent` in this process, by the function that its main program calls: as a process of its own it
 * takes a second to start. One after the other, because they write to the same streams.
 * @throws Error with `code`, `stdout` and `stderr`, as `execFile` does, where it does not end with 0
 */
export function runHere(...args: readonly string[]): Promise<Said> {
  const ended = last.then(() => runAlone(args));
  last = ended.catch(() => undefined);
  return ended;
}

async function runAlone(args: readonly string[]): Promise<Said> {
  const said = { stdout: '', stderr: '' };
  const { log, error } = console;
  const writes = { stdout: process.stdout.write, stderr: process.stderr.write };
  const exitCode = process.exitCode;
  process.exitCode = undefined;
  console.log = (...words) => {
    said.stdout += `${words.join(' ')}\n`;
  };
  console.error = (...words) => {
    said.stderr += `${words.join(' ')}\n`;
  };
  for (const name of ['stdout', 'stderr'] as const)
    process[name].write = (chunk: string | Uint8Array) => {
      said[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      return true;
    };
  try {
    const code = (await runCommand(args)) ?? Number(process.exitCode ?? 0);
    if (code !== 0) throw Object.assign(new Error(said.stderr), { code, ...said });
    return said;
  } finally {
    Object.assign(console, { log, error });
    process.stdout.write = writes.stdout;
    process.stderr.write = writes.stderr;
    process.exitCode = exitCode;
  }
}
