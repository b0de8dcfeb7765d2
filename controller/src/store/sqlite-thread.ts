import { Worker } from 'node:worker_threads';
import type { Answer } from './sqlite-file.js';

/** What the thread is asked; the first thing it says is whether the file is open. */
export type Asked = { readonly sql: string; readonly parameters: readonly unknown[] } | 'close';
export type Said = Answer | { readonly error: { readonly message: string; readonly code: string | undefined } };

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** The thread's program, as built: a test that runs from the sources finds it by the same path. */
const program = new URL('../../bin/sqlite-thread.js', import.meta.url);

/**
 * A SQLite file in a thread of its own, so that a sync of the disk holds up nobody but those who wait for it. Should
 * the thread fail of itself, the process ends: nobody knows what it wrote.
 */
export class SqliteThread {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #closed: Promise<void> | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (said: Said) => this.#hear(said));
  }

  /** @throws what SQLite says of a file that cannot be opened. */
  static async open(file: string): Promise<SqliteThread> {
    const thread = new SqliteThread(new Worker(program, { workerData: file }));
    await thread.#expect();
    return thread;
  }

  /** Answers come in the order of asking. */
  async execute(sql: string, parameters: readonly unknown[]): Promise<Answer> {
    this.#worker.postMessage({ sql, parameters } satisfies Asked);
    return await this.#expect();
  }

  /** Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.ref();
    this.#worker.postMessage('close' satisfies Asked);
    await ended;
  }

  /** Only who waits for an answer keeps the process alive, as with a file in the same thread. */
  #expect(): Promise<Answer> {
    if (this.#waiting.length === 0) this.#worker.ref();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #hear(said: Said): void {
    const waiting = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#worker.unref();
    if ('error' in said) {
      const { message, code } = said.error;
      waiting?.reject(Object.assign(new Error(message), { code }));
    } else waiting?.resolve(said);
  }
}
