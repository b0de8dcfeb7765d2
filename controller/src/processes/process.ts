import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PitwallError } from '@pitwall/protocol';

/** The repository's own commands, wherever this one was started from. */
const commands = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.bin');

/** Ends a child with this process, however that ends; Linux's own tool, left out where it is not there. */
const withParent =
  spawnSync('setpriv', ['--pdeathsig', 'TERM', 'true'], { stdio: 'ignore' }).status === 0
    ? ['setpriv', '--pdeathsig', 'TERM']
    : [];

export interface ProcessOptions {
  readonly logFolder: string;
  /** Beside this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
  /** It ends by itself when its work is done. */
  readonly finishes?: boolean;
  readonly onLost?: (error: PitwallError) => void;
}

/** A child process with one of our own commands. What it says goes to a log file; its lines on standard output are handed on. */
export class Process {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #tail: string[] = [];
  #stopping = false;

  constructor(name: string, command: 'pitwall' | 'pitwall-agent', args: readonly string[], options: ProcessOptions) {
    this.name = name;
    const [program = '', ...before] = [...withParent, join(commands, command), ...args];
    this.#child = spawn(program, before, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
    });
    const log = createWriteStream(join(options.logFolder, `${name}.log`), { flags: 'a' });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`);
        this.#tail.push(line);
        if (this.#tail.length > 5) this.#tail.shift();
        if (stream === this.#child.stdout) options.onLine?.(line);
      });
    }
    this.#ended = once(this.#child, 'close').then(
      ([code, signal]) => {
        log.end();
        if (this.#stopping || (options.finishes === true && code === 0)) return;
        options.onLost?.(
          new PitwallError(
            'process-ended',
            `The ${name} ended unexpectedly (${signal ?? `exit code ${code}`}); its last words: ${this.#tail.join(' | ') || 'none'}. The whole story is in ${join(options.logFolder, `${name}.log`)}.`,
          ),
        );
      },
      (cause: unknown) => {
        options.onLost?.(new PitwallError('process-ended', `The ${name} could not be started.`, { cause }));
      },
    );
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  /** Resolves when it has ended. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Asks it to end, and ends it when it does not within five seconds. Idempotent. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGTERM');
    const patience = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    await this.#ended;
    clearTimeout(patience);
  }
}
