import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PitwallError, type Sha256 } from '@pitwall/protocol';
import type { CarriedModel } from '@pitwall/protocol/messages';
import type { Source } from './stage.js';
import type { FromStaging, ToStaging } from './stage-messages.js';

const script = fileURLToPath(new URL('./stage-worker.js', import.meta.url));
/**
 * Only where nobody else runs, all of it on one processor, also where the agent itself has real-time priority. All of these
 * programs come with util-linux.
 */
const humbly = (processor: string) => [
  ...['--idle', '0', 'taskset', '--cpu-list', processor, 'ionice', '--class', '3'],
  ...[process.execPath, script],
];
/** A download over a bad link, and a conversion in what time is left, in ms. */
const patience = 300_000;

export interface StagerParts {
  readonly folder: string;
  /** Bytes. */
  readonly quota: number;
  /** What is under way has changed. */
  readonly onChange: () => void;
}

/** Stages one model after another, each in a process of its own that takes what time the driving leaves. */
export class Stager {
  readonly #parts: StagerParts;
  readonly #waiting = new Map<string, Promise<CarriedModel>>();
  readonly #underWay = new Map<Sha256, CarriedModel>();
  #last: Promise<unknown> = Promise.resolve();
  #child: ChildProcess | undefined;
  #stopped = false;

  constructor(parts: StagerParts) {
    this.#parts = parts;
  }

  /** Those whose hash is known already. */
  get underWay(): readonly CarriedModel[] {
    return [...this.#underWay.values()];
  }

  /** Asked twice at once for the same, it is done once. @throws PitwallError as `stage` does. */
  stage(source: Source): Promise<CarriedModel> {
    const key = source.kind === 'file' ? source.path : source.hash;
    let staged = this.#waiting.get(key);
    if (staged === undefined) {
      staged = this.#last.then(() => this.#run(source)).finally(() => this.#done(key, source));
      this.#waiting.set(key, staged);
      this.#last = staged.catch(() => {});
      if (source.kind === 'controller') {
        const { hash, name, bytes } = source;
        this.#underWay.set(hash, { hash, name, bytes, state: 'staging' });
        this.#parts.onChange();
      }
    }
    return staged;
  }

  /** Idempotent. What was under way is dropped. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#child?.kill('SIGKILL');
    await this.#last;
  }

  #done(key: string, source: Source): void {
    this.#waiting.delete(key);
    if (source.kind === 'controller') this.#underWay.delete(source.hash);
    this.#parts.onChange();
  }

  async #run(source: Source): Promise<CarriedModel> {
    if (this.#stopped) throw ended('the agent stops');
    const child = await begin();
    this.#child = child;
    const late = setTimeout(() => child.kill('SIGKILL'), patience);
    try {
      return await new Promise<CarriedModel>((resolve, reject) => {
        child.once('message', (message) => {
          const told = message as FromStaging;
          if (told.type === 'staged') resolve(told.model);
          else reject(new PitwallError(told.code, told.message));
        });
        child.once('exit', (code, signal) => reject(ended(signal ?? `exit code ${code}`)));
        const { folder, quota } = this.#parts;
        child.send({ folder, quota, source } satisfies ToStaging, () => {});
      });
    } finally {
      clearTimeout(late);
      this.#child = undefined;
      if (child.connected) child.disconnect();
    }
  }
}

/** Where the system lacks the programs that lower a process's priority, the process lowers its own. */
async function begin(): Promise<ChildProcess> {
  // Out of the terminal's group: Ctrl-C is the agent's.
  const options = { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: true } satisfies SpawnOptions;
  const humble = spawn('chrt', humbly(lastProcessor()), options);
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

const ended = (why: string) =>
  new PitwallError('archive-invalid', `The model was not staged: the process that checked it ended (${why}).`);
