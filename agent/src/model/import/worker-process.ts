import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { PitwallError } from '@pitwall/protocol';
import { cpuTime } from './cpu-time.js';
import type { FromImport, ImportOrder, ImportStage } from './worker-messages.js';

/** Of the processor, from the moment a file has been read; a genuine network takes a tenth. */
const patienceMs = 3_000;
/** However little of the processor it got. */
const mostMs = 20_000;
/** To read a file, on the slowest stick. */
const readingMs = 60_000;
/** Objects of a genuine network take a few megabytes; its weights do not count here. */
const mostHeapMb = 80;
/** Checkpoints, and models to choose from, come one soon after the other. */
const lingerMs = 1_000;

/** By its name in the package: the source has no `.js` beside it where tests run it as TypeScript. */
const program = createRequire(import.meta.url).resolve('@pitwall/agent/dist/model/import/worker.js');

type ImportOutcome = Exclude<FromImport, { type: 'stage' }>;

/**
 * The process in which models are imported, with little time and memory: what is wrong with a file can bring it down and
 * nothing else. It is started when it is needed, takes one file at a time, and is let go of when no more come.
 */
export class ImportWorker {
  #child: ChildProcess | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #idleTimer: NodeJS.Timeout | undefined;

  /** @throws PitwallError when the process dies of the file or says nothing for too long. */
  import(order: ImportOrder): Promise<ImportOutcome> {
    const outcome = this.#turn.then(() => this.#run(order));
    this.#turn = outcome.catch(() => {});
    return outcome;
  }

  async #run(order: ImportOrder): Promise<ImportOutcome> {
    clearTimeout(this.#idleTimer);
    this.#child ??= this.#start();
    const child = this.#child;
    child.ref();
    child.channel?.ref();
    try {
      return await outcomeOf(child, order);
    } catch (error) {
      this.#forget(child);
      child.kill('SIGKILL');
      throw error;
    } finally {
      // Whoever has nothing else to do may end.
      child.unref();
      child.channel?.unref();
      this.#idleTimer = setTimeout(() => this.#forget(child), lingerMs).unref();
    }
  }

  #start(): ChildProcess {
    const child = fork(program, {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [`--max-old-space-size=${mostHeapMb}`, '--expose-gc'],
      // glibc gives blocks over 1 MB back to the system the moment they are freed.
      env: { MALLOC_MMAP_THRESHOLD_: String(2 ** 20) },
    });
    child.once('exit', () => this.#forget(child));
    child.on('error', () => this.#forget(child));
    return child;
  }

  /** It ends when nobody is connected any more. */
  #forget(child: ChildProcess): void {
    if (this.#child === child) this.#child = undefined;
    if (child.connected) child.disconnect();
  }
}

/** What the process says at last; or, where it dies without a word or says nothing for too long, what that means. */
function outcomeOf(child: ChildProcess, order: ImportOrder): Promise<ImportOutcome> {
  return new Promise((resolve, reject) => {
    let stage: ImportStage = 'reading';
    let patience = setTimeout(() => fail('late'), readingMs);
    const onMessage = (message: FromImport) => {
      if (message.type !== 'stage') {
        done();
        resolve(message);
        return;
      }
      if (stage === 'reading' && message.stage !== 'reading') {
        clearTimeout(patience);
        began = { at: performance.now(), used: used() };
        patience = setTimeout(judge, patienceMs);
      }
      stage = message.stage;
    };
    const used = () => (child.pid === undefined ? undefined : cpuTime(child.pid));
    let began = { at: performance.now(), used: used() };
    /** A machine busy with something else is no fault of the file. */
    const judge = () => {
      const now = used();
      const left = now === undefined || began.used === undefined ? 0 : patienceMs - (now - began.used);
      if (left <= 0 || performance.now() - began.at >= mostMs) fail('late');
      else patience = setTimeout(judge, left);
    };
    const onGone = () => fail('gone');
    const fail = (how: 'late' | 'gone') => {
      done();
      reject(noAnswer(stage, how));
    };
    const done = () => {
      clearTimeout(patience);
      child.off('message', onMessage).off('exit', onGone).off('error', onGone);
    };
    child.on('message', onMessage).on('exit', onGone).on('error', onGone);
    child.send(order, () => {});
  });
}

function noAnswer(stage: ImportStage, how: 'late' | 'gone'): PitwallError {
  const within = `within ${patienceMs / 1000} s`;
  if (stage === 'reading') {
    const why = how === 'late' ? `it took longer than ${readingMs / 1000} s` : 'the process that read it died of it';
    return new PitwallError('archive-invalid', `The archive cannot be read: ${why}.`);
  }
  if (stage === 'trying') {
    const why = how === 'late' ? `no answer ${within}` : 'it crashed';
    return new PitwallError('graph-invalid', `The runtime cannot run the network: ${why}.`);
  }
  return new PitwallError(
    'graph-too-large',
    how === 'late'
      ? `The network could not be imported ${within}; no policy needs so long.`
      : 'The network needs more memory to be imported than any policy does.',
  );
}
