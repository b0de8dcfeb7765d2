import { errorLine, isPitwallError, PitwallError } from '@pitwall/protocol';
import { goingOf, holdAfter, type LogRecord, type RaceEvent, type RunState } from '@pitwall/protocol/race';
import { backOffMs } from '@pitwall/runtime';
import { limits } from '../../limits/index.js';
import { isDiskFull } from '../../store/index.js';
import type { DeskClock, DeskLog, Epoch, Outbox, RunResult, Timers } from '../ports.js';
import { dueEvents } from './deadlines.js';
import { FailureLog } from './failure-log.js';
import { type Author, deskAccount, type LoadedRace } from './loaded-race.js';
import { isTaken, type RaceLogs, type RaceRow, type StrayRow } from './race-logs.js';

/** What one commit does to one race. */
export interface Change {
  readonly loaded: LoadedRace;
  /** The version before. */
  readonly from: number;
  /** The run that had the track before. */
  readonly before: RunState | undefined;
  readonly records: LogRecord[];
}

/** What goes to disk together. */
export class Batch {
  readonly changes = new Map<LoadedRace, Change>();
  readonly results: RunResult[] = [];
  readonly strays: StrayRow[] = [];

  append(loaded: LoadedRace, author: Author, events: readonly RaceEvent[]): LogRecord[] {
    if (events.length === 0) return [];
    let change = this.changes.get(loaded);
    if (change === undefined) {
      const from = loaded.replay.seq;
      change = { loaded, from, before: from === 0 ? undefined : loaded.replay.current, records: [] };
      this.changes.set(loaded, change);
    }
    const going = goingOf(loaded.replay);
    const records = loaded.write(author, events);
    // A correction starts no car: whatever would go again by itself is paused with it.
    const all = [...events];
    for (let hold = holdAfter(going, loaded.replay, all, author.at); hold !== undefined; ) {
      records.push(...loaded.write({ ...author, who: deskAccount }, [hold]));
      all.push(hold);
      hold = holdAfter(going, loaded.replay, all, author.at);
    }
    change.records.push(...records);
    return records;
  }

  get isEmpty(): boolean {
    return this.changes.size === 0 && this.strays.length === 0;
  }
}

/** One thing to be written. `prepare` adds to the batch, or throws and has added nothing. */
interface Work {
  prepare(batch: Batch): void;
  /** It is on disk. */
  done(): void;
  /** It is not and will not be, unless `again`. */
  failed(error: unknown): void;
  /** What must not be lost: tried again until it is on disk. */
  readonly again: boolean;
}

export interface GroupCommitOptions {
  readonly logs: RaceLogs;
  readonly outbox: Outbox | undefined;
  readonly timers: Timers;
  readonly clock: DeskClock;
  readonly epoch: Epoch;
  readonly log: DeskLog;
  /** After each commit, before the works hear of it. */
  readonly committed: (changes: readonly Change[]) => void;
  /**
   * These cannot be written, and are taken back: what must be done all the same. Answers what was done, for people; ''
   * where it was nothing.
   */
  readonly unwritten: (changes: readonly Change[]) => string;
  /** Storing began to fail (what is held until it works again), or works again. */
  readonly trouble: (trouble: { readonly held: number; readonly error: string } | null) => void;
}

const backOff = { firstMs: 500, mostMs: 8000 };
const turnsBetweenCommits = 4;

/**
 * The only writer of logs. Works that come while a commit is under way share the next one: a sync of the disk costs
 * the same for one record as for a hundred.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #waiting: Work[] = [];
  #held: Work[] = [];
  #running: Promise<void> | undefined;
  #commitUnderWay: Promise<void> | undefined;
  #retry: unknown;
  /** Tries since it worked last. */
  #tries = 0;
  readonly #failures: FailureLog;
  #stopped = false;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#failures = new FailureLog(options.clock);
  }

  /** Resolves when the commit under way is over. */
  async settled(): Promise<void> {
    await this.#commitUnderWay;
  }

  get held(): number {
    return this.#held.length;
  }

  /** `prepare` adds to the batch. Resolves when it is on disk. `again`: tried until it is, whatever happens. */
  write<T>(prepare: (batch: Batch) => T, again = false): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let prepared: T;
      this.#submit({
        prepare: (batch) => {
          prepared = prepare(batch);
        },
        done: () => resolve(prepared),
        failed: reject,
        again,
      });
    });
  }

  author(who: string = deskAccount, commandId: string | null = null): Author {
    const { clock, epoch } = this.#options;
    return { at: { bootId: clock.bootId, at: clock.now() }, epoch: epoch(), who, commandId };
  }

  /** Time that has run out comes before whatever comes now. */
  passDeadlines(batch: Batch, loaded: LoadedRace): void {
    if (loaded.replay.seq === 0) return;
    const { clock, epoch } = this.#options;
    batch.append(loaded, this.author(), dueEvents(loaded.replay, { clock, epoch: epoch() }));
  }

  #submit(work: Work): void {
    if (this.#stopped) {
      work.failed(new PitwallError('store-unavailable', 'The controller is shutting down.'));
      return;
    }
    this.#waiting.push(work);
    this.#running ??= this.#run();
  }

  /** Waits for what is under way; what is held is left to the gates, which keep it. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#options.timers.clear(this.#retry);
    await this.#running;
    const error = new PitwallError('store-unavailable', 'The controller is shutting down.');
    for (const work of this.#held.splice(0)) work.failed(error);
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#breathe();
      const works = [...this.#held.splice(0), ...this.#waiting.splice(0)];
      this.#commitUnderWay = this.#writeTogether(works, true);
      await this.#commitUnderWay;
    }
    // At once with the last look at what waits, or a work between the two would wait for ever.
    this.#running = undefined;
  }

  /**
   * Some turns of the event loop between two commits: a crossing passes several sockets on its way here, and what is on
   * its way shares the next commit.
   */
  async #breathe(): Promise<void> {
    for (let turn = 0; turn < turnsBetweenCommits; turn += 1)
      await new Promise<void>((resolve) => setImmediate(resolve));
  }

  async #writeTogether(works: readonly Work[], mayReload: boolean): Promise<void> {
    const batch = new Batch();
    const refused: { work: Work; error: unknown }[] = [];
    const prepared = works.filter((work) => {
      try {
        work.prepare(batch);
        return true;
      } catch (error) {
        refused.push({ work, error });
        return false;
      }
    });
    try {
      if (!batch.isEmpty) await this.#commit(batch);
    } catch (error) {
      // Before it is taken back: what follows from it for the cars follows without a disk, too.
      const done = isPitwallError(error) || isTaken(error) ? '' : this.#options.unwritten([...batch.changes.values()]);
      for (const { loaded, from } of batch.changes.values()) loaded.truncate(from);
      if (mayReload && isTaken(error)) {
        await this.#reload(batch);
        return await this.#writeTogether(works, false);
      }
      this.#fail(works, error, done);
      return;
    }
    if (!batch.isEmpty) this.#recovered();
    const changes = [...batch.changes.values()];
    for (const { loaded } of changes) loaded.committed = loaded.replay.seq;
    this.#options.committed(changes);
    for (const work of prepared) work.done();
    // A refusal tells of records of this batch, so it waits for them.
    for (const { work, error } of refused) work.failed(error);
  }

  async #commit(batch: Batch): Promise<void> {
    const { logs, outbox } = this.#options;
    const rows: [LoadedRace, RaceRow][] = [];
    await logs.commit(async (writing) => {
      for (const { loaded, records } of batch.changes.values()) {
        await writing.append(records);
        const { race, replay } = loaded;
        const row = { race, name: replay.setup.name, phase: replay.phase };
        if (loaded.row?.name !== row.name || loaded.row.phase !== row.phase) await writing.keep(row);
        rows.push([loaded, row]);
      }
      await writing.strays(batch.strays);
      for (const { leaderboard, result } of batch.results)
        await outbox?.enqueue(writing.transaction, leaderboard, result);
    });
    for (const [loaded, row] of rows) loaded.row = row;
  }

  /** Another process wrote to the same race: its records come first. */
  async #reload(batch: Batch): Promise<void> {
    const changes: Change[] = [];
    for (const { loaded, from, before } of batch.changes.values()) {
      const records = loaded.catchUp((await this.#options.logs.load(loaded.race)).records);
      loaded.committed = loaded.replay.seq;
      if (records.length > 0) changes.push({ loaded, from, before, records });
    }
    this.#options.committed(changes);
  }

  #fail(works: readonly Work[], cause: unknown, done: string): void {
    // What is wrong with the content is not the disk's fault; the crossings of the batch come without it next time.
    const isContent = isPitwallError(cause);
    const line = isContent ? errorLine(cause) : troubleOf(cause);
    const error = isContent
      ? cause
      : new PitwallError(
          'store-unavailable',
          `It could not be written to disk and is not in the log (${line}).${done} Make room or mend the disk, then do it again.`,
          { cause },
        );
    for (const work of works) {
      if (work.again && this.#held.length < limits.heldCrossings) this.#held.push(work);
      else work.failed(error);
    }
    if (!isContent) this.#inTroubleWith(line);
    this.#options.timers.clear(this.#retry);
    if (this.#held.length > 0 && !this.#stopped)
      this.#retry = this.#options.timers.set(() => this.#tryAgain(), backOffMs(this.#tries + 1, backOff));
  }

  #inTroubleWith(line: string): void {
    const { log, trouble } = this.#options;
    const held = this.#held.length;
    this.#failures.failed((tries) => log.error({ held, tries, error: line }, 'the race log cannot be written'));
    trouble({ held, error: line });
  }

  #tryAgain(): void {
    if (this.#stopped || this.#held.length === 0) return;
    this.#tries += 1;
    this.#submit({ prepare: () => undefined, done: () => undefined, failed: () => undefined, again: false });
  }

  #recovered(): void {
    this.#failures.worked(() => {
      this.#tries = 0;
      this.#options.log.info({}, 'the race log can be written again');
      this.#options.trouble(null);
    });
  }
}

/** What is wrong with the disk, in a line. */
function troubleOf(cause: unknown): string {
  const { message, code } = cause as Error & { code?: unknown };
  const said = typeof code === 'string' && !message.includes(code) ? `${message}, ${code}` : message;
  return isDiskFull(cause) ? `disk full: ${said}` : said;
}
