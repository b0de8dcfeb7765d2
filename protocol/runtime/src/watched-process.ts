import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PitwallError } from '@pitwall/protocol';
import { endChild, endingWithParent } from './child-process.js';
import { Supervisor } from './supervisor.js';

export interface WatchedProcessOptions {
  /** What it is called in messages and by its log file. */
  readonly name: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly logFolder: string;
  /** Beside this process's own. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly onLine?: ((line: string) => void) | undefined;
  /** It ends by itself when its work is done. */
  readonly finishes?: boolean | undefined;
  /** It ended by itself, or could not be started: `process-ended`. */
  readonly onLost?: ((error: PitwallError) => void) | undefined;
}

/** Lines of its last words that its loss quotes. */
const quoted = 5;

/**
 * A child process that ends with this one. What it says goes to a log file; its lines on standard output are handed on; an end
 * that nobody asked for is told, with its last words.
 */
export class WatchedProcess {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #tail: string[] = [];
  #stopping = false;

  constructor({ name, command, logFolder, env, onLine, finishes, onLost }: WatchedProcessOptions) {
    this.name = name;
    const [program = '', ...args] = endingWithParent('TERM', command);
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    const logFile = join(logFolder, `${name}.log`);
    const log = createWriteStream(logFile, { flags: 'a' });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`);
        this.#tail.push(line);
        if (this.#tail.length > quoted) this.#tail.shift();
        if (stream === this.#child.stdout) onLine?.(line);
      });
    }
    const finished = () => new Promise<void>((resolve) => log.end(resolve));
    this.#ended = once(this.#child, 'close').then(
      async ([code, signal]) => {
        await finished();
        if (this.#stopping || (finishes === true && code === 0)) return;
        onLost?.(
          new PitwallError(
            'process-ended',
            `The ${name} ended unexpectedly (${signal ?? `exit code ${code}`}); its last words: ${this.#tail.join(' | ') || 'none'}. The whole story is in ${logFile}.`,
          ),
        );
      },
      async (cause: unknown) => {
        await finished();
        onLost?.(new PitwallError('process-ended', `The ${name} could not be started.`, { cause }));
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
    await endChild(this.#child, 'SIGTERM');
    await this.#ended;
  }
}

/** So long alive, ms, and the next end is a first one again. */
const healthyMs = 10_000;

/** A process that is started again whenever it ends by itself, until it is stopped; each loss is told. */
export function supervisedProcess(
  options: WatchedProcessOptions & { readonly onLost: (error: PitwallError) => void },
): Supervisor {
  return new Supervisor({
    backOff: { firstMs: 250, mostMs: 5000 },
    open: async ({ there, lost }) => {
      const started = new WatchedProcess({
        ...options,
        onLost: (error) => {
          options.onLost(error);
          lost(error.message);
        },
      });
      const healthy = setTimeout(there, healthyMs);
      return async () => {
        clearTimeout(healthy);
        await started.stop();
      };
    },
  });
}
