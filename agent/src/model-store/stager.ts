import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PitwallError, type Sha256 } from '@pitwall/protocol';
import type { CarriedModel } from '@pitwall/protocol/messages';
import { runInBackground } from '../background/index.js';
import type { Source } from './stage.js';
import type { StageTask } from './stage-worker.js';

const script = fileURLToPath(new URL('./stage-worker.js', import.meta.url));
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
    const { folder, quota } = this.#parts;
    const onChild = (child: ChildProcess) => {
      this.#child = child;
    };
    const task: StageTask = { folder, quota, source };
    try {
      return await runInBackground<StageTask, CarriedModel>({ script, task, patience, onChild, ended });
    } finally {
      this.#child = undefined;
    }
  }
}

const ended = (why: string) =>
  new PitwallError('archive-invalid', `The model was not staged: the process that checked it ended (${why}).`);
