import { spawnSync } from 'node:child_process';

export interface Limits {
  /** Wall-clock, ms. */
  readonly timeMs: number;
  /** Of one process of an evaluation, bytes. */
  readonly memory: number;
  /** Of one file that it writes, bytes. */
  readonly file: number;
}

/** What goes before a command so that it runs confined, and what this machine cannot confine. */
export interface Confinement {
  readonly prefix: readonly string[];
  readonly missing: readonly string[];
}

const works = (command: string, ...args: string[]): boolean =>
  spawnSync(command, [...args, 'true'], { stdio: 'ignore', timeout: 5000 }).status === 0;

/**
 * How a model that somebody uploaded is run on this machine: in a network of its own that leads nowhere, with limits on
 * memory and files, at low priority, and dead with its worker. Each is Linux's own tool; what is not there or not permitted
 * is named in `missing`.
 */
export function confine({ memory, file }: Limits): Confinement {
  const tools = [
    { what: 'network', command: ['unshare', '--map-root-user', '--net', '--'] },
    { what: 'end with the worker', command: ['setpriv', '--pdeathsig', 'KILL', '--'] },
    { what: 'memory and disk', command: ['prlimit', `--data=${memory}`, `--fsize=${file}`, '--core=0', '--'] },
    { what: 'priority', command: ['nice', '-n', '10'] },
  ];
  const here = tools.filter(({ command: [name = '', ...args] }) => works(name, ...args));
  return {
    prefix: here.flatMap(({ command }) => command),
    missing: tools.filter((tool) => !here.includes(tool)).map(({ what }) => what),
  };
}
