import { spawnSync } from 'node:child_process';

/** Runs a program to its end. @returns what it printed @throws Error with what it said, where it failed */
export function command(program: string, args: readonly string[], options: Options = {}): string {
  const done = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 28, ...options });
  if (done.status !== 0) {
    const said = `${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}`.trim().slice(-4000);
    throw new Error(`"${program} ${args.join(' ')}" failed:\n${said}`);
  }
  return done.stdout;
}

export interface Options {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Of whom it runs as, where that is somebody else. */
  readonly uid?: number;
  readonly gid?: number;
}

/** npm as it runs this, or as it is on the path. */
export function npm(args: readonly string[], options: Options = {}): string {
  const path = process.env.npm_execpath;
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--no-update-notifier'];
  return path === undefined
    ? command('npm', [...args, ...quiet], options)
    : command(process.execPath, [path, ...args, ...quiet], options);
}
