import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A real terminal with an interactive shell in it, so that Ctrl-C and Ctrl-Z are what they are for a person. */
export class Terminal {
  #script: ChildProcess | undefined;
  readonly #env: Record<string, string>;
  output = '';

  constructor(env: Record<string, string> = {}) {
    this.#env = env;
  }

  start(): void {
    const script = spawn('script', ['-qfc', 'bash --noprofile --norc -i', '/dev/null'], {
      env: { ...process.env, ...this.#env, PS1: '$ ', TERM: 'dumb' },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    script.stdout.on('data', (text: Buffer) => {
      this.output += text.toString();
    });
    this.#script = script;
  }

  type(text: string): void {
    this.#script!.stdin!.write(text);
  }

  /** The process under this terminal whose command line has all of these words. */
  find(...words: string[]): number | undefined {
    const under = new Set([this.#script!.pid!]);
    const all = processes();
    for (let grew = true; grew; ) {
      grew = false;
      for (const { pid, parent } of all) {
        if (under.has(parent) && !under.has(pid)) {
          under.add(pid);
          grew = true;
        }
      }
    }
    return all.find(({ pid, command }) => under.has(pid) && words.every((word) => command.includes(word)))?.pid;
  }

  async stop(): Promise<void> {
    const script = this.#script;
    if (script === undefined || script.exitCode !== null || script.signalCode !== null) return;
    const gone = new Promise((resolve) => script.once('exit', resolve));
    script.kill('SIGKILL');
    await gone;
  }
}

export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  /** What it has used of the processor so far, in ms. */
  readonly processor: number;
}

/** Every process of this machine, the oldest first (their ids begin anew now and then). proc(5) */
export function processes(): RunningProcess[] {
  const all = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      // Linux counts in ticks of 10 ms, whatever the kernel's own clock.
      const processor = 10 * (Number(fields[11]) + Number(fields[12]));
      return [{ pid: Number(name), parent: Number(fields[1]), started: Number(fields[19]), command, processor }];
    } catch {
      return [];
    }
  });
  return all.sort((a, b) => a.started - b.started);
}
