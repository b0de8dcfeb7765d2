import { type CarId, type EpochMs, PitwallError, type RaceId } from '@pitwall/protocol';
import type { CommandOutcome, CreateRace, GiveCommand } from '@pitwall/protocol/api';
import {
  type Circumstances,
  decide,
  hasGate,
  isConflict,
  type LogRecord,
  mayGo,
  type RaceEvent,
  type RaceState,
  type RunState,
} from '@pitwall/protocol/race';
import type { Store } from '../store/index.js';
import { dueEvents, nextDueMs } from './alarms.js';
import { type Author, Book, type Follower, Published } from './book.js';
import { sha256 } from './chain.js';
import { conflict } from './conflict.js';
import { checksOf, dayOf } from './interlock.js';
import { RaceLogs, type RaceRow } from './log.js';
import { type Order, ordersAfter, unansweredOrder } from './orders.js';
import type { Cars, DeskClock, DeskLog, Epoch, Gates, Herald, Outbox, StampedCrossing, Timers } from './ports.js';
import { parcelOf } from './results.js';
import { Shelf } from './shelf.js';
import { type Batch, type Change, Writer } from './writer.js';

export interface DeskOptions {
  readonly store: Store;
  readonly clock: DeskClock;
  readonly epoch: Epoch;
  readonly timers: Timers;
  readonly cars: Cars;
  readonly gates: Gates;
  readonly outbox?: Outbox;
  readonly herald?: Herald;
  /** This controller's name in the results it sends. */
  readonly source: string;
  readonly log: DeskLog;
}

export type Storage = { readonly ok: boolean; readonly held: number; readonly message: string };

const deskAccount = 'desk';

/** The only writer of races: takes commands and crossings, appends to the logs, and tells everyone what is on disk. */
export class RaceDesk {
  readonly #options: DeskOptions;
  readonly #logs: RaceLogs;
  readonly #writer: Writer;
  readonly #shelf: Shelf;
  readonly #alarms = new Map<RaceId, unknown>();
  readonly #recording = new Map<string, Promise<void>>();
  readonly #watchers = new Set<(storage: Storage) => void>();
  #storage: Storage = { ok: true, held: 0, message: '' };
  #stopped = true;

  constructor(options: DeskOptions) {
    this.#options = options;
    const { outbox, timers, log } = options;
    this.#logs = new RaceLogs(options.store);
    this.#shelf = new Shelf(this.#logs, async (book) => {
      if (!this.#stopped) await this.#resume(book);
    });
    this.#writer = new Writer({
      logs: this.#logs,
      outbox,
      timers,
      log,
      committed: (changes) => this.#committed(changes),
      trouble: (trouble) => {
        this.#storage = { ok: trouble === null, held: trouble?.held ?? 0, message: trouble?.error ?? '' };
        for (const watcher of this.#watchers) watcher(this.#storage);
      },
    });
  }

  /** Takes up every race where its log ends. A damaged log is reported, and leaves the others alone. */
  async start(): Promise<void> {
    this.#stopped = false;
    for (const { race, phase } of await this.#logs.list()) {
      if (phase !== 'open' && phase !== 'closed') continue;
      try {
        await this.#shelf.find(race);
      } catch (error) {
        this.#options.log.error({ race, error: (error as Error).message }, 'a race could not be taken up');
      }
    }
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const alarm of this.#alarms.values()) this.#options.timers.clear(alarm);
    this.#alarms.clear();
    await this.#writer.stop();
  }

  /** Whether logs can be written, and how many crossings wait for it. */
  get storage(): Storage {
    return this.#storage;
  }

  watchStorage(watcher: (storage: Storage) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  async list(): Promise<RaceRow[]> {
    return await this.#logs.list();
  }

  /** What follows from what is on disk. @throws PitwallError `not-found`. */
  async state(race: RaceId): Promise<RaceState> {
    const book = await this.#shelf.get(race);
    while (book.replay.seq !== book.committed) await this.#writer.settled();
    return book.replay.state;
  }

  /** Records after `after`, oldest first, and the version. */
  async log(race: RaceId, after: number, limit: number): Promise<{ records: readonly LogRecord[]; seq: number }> {
    const { replay, committed } = await this.#shelf.get(race);
    return { records: replay.records.slice(after, Math.min(committed, after + limit)), seq: committed };
  }

  /** All records after `after` at once, then each as soon as it is on disk. Answers how to stop. */
  async follow(race: RaceId, after: number, follower: Follower): Promise<() => void> {
    const book = await this.#shelf.get(race);
    const onDisk = book.replay.records.slice(after, book.committed);
    if (onDisk.length > 0) follower(new Published(race, onDisk));
    book.followers.add(follower);
    return () => book.followers.delete(follower);
  }

  async create({ race, commandId, setup }: CreateRace, who: string): Promise<CommandOutcome> {
    const known = await this.#shelf.find(race);
    if (known !== undefined) {
      const records = known.recordsOf(commandId);
      if (records !== undefined) return { commandId, repeated: true, records: [...records], seq: known.committed };
      throw new PitwallError('race-exists', `There is a race ${race} already; choose another id.`);
    }
    const book = new Book(race, []);
    const records = await this.#write((batch) => {
      if (this.#shelf.has(race)) throw new PitwallError('race-exists', `There is a race ${race} already.`);
      this.#shelf.put(book);
      return batch.append(book, this.#author(who, commandId), [{ type: 'created', setup }]);
    }).catch((error: unknown) => {
      this.#shelf.remove(book);
      throw error;
    });
    return { commandId, repeated: false, records, seq: 1 };
  }

  /**
   * Gives a command. Resolves when it is on disk.
   * @throws PitwallError `race-conflict` where the race changed since `seen` (details: `seq`, `changes`), `race-refused`
   * where the race does not allow it, `store-unavailable` where it could not be written: it did not happen then.
   */
  async command(race: RaceId, { commandId, seen, command }: GiveCommand, who: string): Promise<CommandOutcome> {
    const book = await this.#shelf.get(race);
    const { cars } = this.#options;
    const stop = command.type === 'e-stop' ? cars.order(command.car, 'e-stop', who) : undefined;
    if (command.type === 'test-e-stop') return await this.#testEStop(book, commandId, command.car, who);
    if (command.type === 'clear-car') return await this.#clearCar(book, commandId, command.car, who);
    let repeated = false;
    const records = await this.#write((batch) => {
      const known = book.recordsOf(commandId);
      if (known !== undefined) {
        repeated = true;
        return known;
      }
      this.#fallDue(batch, book);
      const since = book.replay.records.slice(seen);
      if (seen > book.replay.seq || isConflict(command.type, since)) throw conflict(book.replay.seq, seen, since);
      return this.#decided(batch, book, command, this.#author(who, commandId));
    });
    if (stop !== undefined && !repeated) this.#hear(book, stop, command as { car: CarId });
    return { commandId, repeated, records: [...records], seq: book.committed };
  }

  /** Resolves when the crossing is on disk; again with the same one it changes nothing. While the disk fails it waits. */
  record({ crossing, controllerAt, controllerBound, epoch, rate }: StampedCrossing): Promise<void> {
    const { gate, bootId, seq, at, uncertainty, strength, transponder } = crossing;
    const key = `${gate} ${bootId} ${seq}`;
    const underWay = this.#recording.get(key);
    if (underWay !== undefined) return underWay;
    const seenThere = {
      gate,
      bootId,
      seq,
      at,
      uncertainty,
      ...(strength === undefined ? {} : { strength }),
      ...(transponder === undefined ? {} : { transponder }),
    };
    const event: RaceEvent = { type: 'crossing', crossing: seenThere, controllerAt, controllerBound, epoch, rate };
    const recorded = this.#write((batch) => {
      const books = this.#shelf.open.filter(({ replay }) => hasGate(replay.setup, gate));
      if (books.length === 0) batch.strays.push(this.#stray(event));
      for (const book of books) {
        if (book.knowsCrossing(gate, bootId, seq)) continue;
        this.#fallDue(batch, book);
        batch.append(book, this.#author(deskAccount, null), [event]);
      }
    }, true).finally(() => this.#recording.delete(key));
    this.#recording.set(key, recorded);
    return recorded;
  }

  /** In the next commit. `again`: until it is on disk, whatever happens. */
  #write<T>(prepare: (batch: Batch) => T, again = false): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let prepared: T;
      this.#writer.submit({
        prepare: (batch) => {
          prepared = prepare(batch);
        },
        done: () => resolve(prepared),
        failed: reject,
        again,
      });
    });
  }

  #author(who: string, commandId: string | null): Author {
    const { clock, epoch } = this.#options;
    return { at: { bootId: clock.bootId, at: clock.now() }, epoch: epoch(), who, commandId };
  }

  /** Time that has run out comes before whatever comes now. */
  #fallDue(batch: Batch, book: Book): void {
    const { clock, epoch } = this.#options;
    if (book.replay.seq === 0) return;
    batch.append(book, this.#author(deskAccount, null), dueEvents(book.replay, { clock, epoch: epoch() }));
  }

  #decided(batch: Batch, book: Book, command: GiveCommand['command'], author: Author): LogRecord[] {
    const { replay } = book;
    const circumstances: Circumstances = {
      now: author.at,
      epoch: author.epoch,
      checks: command.type === 'ready' ? this.#checks(book, replay.run(command.runId), author.epoch) : [],
      rulesHash: sha256(JSON.stringify(replay.setup.rules)),
    };
    const events = decide(replay, command, circumstances);
    const records = batch.append(book, author, events);
    for (const event of events) {
      if (event.type !== 'confirmed' && (event.type !== 'discarded' || event.revision === 0)) continue;
      const run = replay.run(event.runId) as RunState;
      const parcel = parcelOf(replay.state, run, {
        source: this.#options.source,
        withdrawn: event.type === 'discarded',
        revision: event.revision,
        epoch: author.epoch,
      });
      if (parcel !== null) batch.parcels.push(parcel);
    }
    return records;
  }

  #checks(book: Book, run: RunState | undefined, epoch: EpochMs): ReturnType<typeof checksOf> {
    if (run === undefined) return [];
    const { cars, gates } = this.#options;
    const open = this.#shelf.open.map(({ replay }) => replay);
    return checksOf(book.replay.state, run, epoch, {
      cars,
      gates,
      others: open.filter((replay) => replay !== book.replay),
      tested: (car, day) =>
        open.some(({ state }) => state.eStopTests.some((test) => test.car === car && test.day === day)),
    });
  }

  async #testEStop(book: Book, commandId: string, car: CarId, who: string): Promise<CommandOutcome> {
    const known = book.recordsOf(commandId);
    if (known !== undefined) return { commandId, repeated: true, records: [...known], seq: book.committed };
    const { cars } = this.#options;
    const answer = await cars.order(car, 'e-stop', who);
    if (answer.outcome !== 'done')
      throw new PitwallError(
        'race-refused',
        `The e-stop of car ${car} was not tested: the car was ${answer.outcome}${answer.message === null ? '' : ` (${answer.message})`}.`,
      );
    await cars.order(car, 'clear', who);
    const records = await this.#write((batch) => {
      const author = this.#author(who, commandId);
      return batch.append(book, author, [{ type: 'e-stop-tested', car, day: dayOf(author.epoch) }]);
    });
    return { commandId, repeated: false, records, seq: book.committed };
  }

  /** The car's answer is in the log under the name of who cleared it. */
  async #clearCar(book: Book, commandId: string, car: CarId, who: string): Promise<CommandOutcome> {
    const known = book.recordsOf(commandId);
    if (known !== undefined) return { commandId, repeated: true, records: [...known], seq: book.committed };
    const answer = await this.#options.cars.order(car, 'clear', who);
    const records = await this.#write((batch) => {
      const { current } = book.replay;
      const runId = current?.car === car ? current.runId : null;
      const event: RaceEvent = { type: 'car-answered', runId, car, command: 'clear', ...answer };
      return batch.append(book, this.#author(who, commandId), [event]);
    });
    const run = book.replay.current;
    if (answer.outcome === 'done' && run?.car === car && mayGo(run))
      this.#order(book, { car, order: 'start', runId: run.runId }, who);
    return { commandId, repeated: false, records, seq: book.committed };
  }

  #stray(event: RaceEvent & { type: 'crossing' }): Parameters<Batch['strays']['push']>[0] {
    const { clock, epoch } = this.#options;
    const { crossing, controllerAt, controllerBound } = event;
    return {
      gate: crossing.gate,
      boot_id: crossing.bootId,
      seq: crossing.seq,
      crossing: JSON.stringify(crossing),
      controller_boot_id: clock.bootId,
      controller_at: controllerAt,
      controller_bound: controllerBound,
      recorded_at: epoch(),
    };
  }

  /** After a commit: the pages, the track, the car, the next deadline. */
  #committed(changes: readonly Change[]): void {
    for (const { book, before, records } of changes) {
      const published = new Published(book.race, records);
      for (const follower of book.followers) follower(published);
      const { replay } = book;
      const after = replay.current ?? (before === undefined ? undefined : replay.run(before.runId));
      this.#options.herald?.announce(records.at(-1) as LogRecord, before, after);
      this.#arm(book);
      if (replay.setup.car === 'agent')
        for (const order of ordersAfter(before, after)) this.#order(book, order, records.at(-1)?.who ?? deskAccount);
    }
  }

  #order(book: Book, { car, order, runId }: Order, who: string): void {
    this.#hear(book, this.#options.cars.order(car, order, who), { car, order, runId });
  }

  /** What the car said goes into the log, where the marshal sees it. */
  #hear(
    book: Book,
    answer: ReturnType<Cars['order']>,
    { car, order = 'e-stop', runId }: { car: CarId; order?: Order['order']; runId?: string },
  ): void {
    answer
      .then(async (said) => {
        if (order === 'clear' || this.#stopped) return;
        await this.#write((batch) => {
          const { current } = book.replay;
          const about = runId ?? (current?.car === car ? current.runId : null);
          const event: RaceEvent = { type: 'car-answered', runId: about, car, command: order, ...said };
          return batch.append(book, this.#author(deskAccount, null), [event]);
        });
      })
      .catch((error: Error) =>
        this.#options.log.warn({ car, order, error: error.message }, 'an answer was not logged'),
      );
  }

  #arm(book: Book): void {
    const { clock, epoch, timers } = this.#options;
    const before = this.#alarms.get(book.race);
    if (before !== undefined) timers.clear(before);
    this.#alarms.delete(book.race);
    const ms = nextDueMs(book.replay, { clock, epoch: epoch() });
    if (ms === undefined || this.#stopped) return;
    const alarm = timers.set(() => {
      this.#alarms.delete(book.race);
      this.#write((batch) => this.#fallDue(batch, book)).then(
        () => this.#arm(book),
        () => this.#arm(book),
      );
    }, ms);
    this.#alarms.set(book.race, alarm);
  }

  /** A race goes on where its log ends; on another life of the clock the log says so. */
  async #resume(book: Book): Promise<void> {
    const { clock } = this.#options;
    const { replay } = book;
    const run = replay.current;
    const from = replay.last?.at.bootId;
    if (run !== undefined && from !== undefined && from !== clock.bootId)
      await this.#write((batch) => {
        const called = run.countdown !== null;
        const events: RaceEvent[] = [{ type: 'clock-restarted', from }];
        // A countdown cannot end in a clock that is gone.
        if (called) events.push({ type: 'paused', runId: run.runId, by: 'red-flag' });
        batch.append(book, this.#author(deskAccount, null), events);
      });
    const order = replay.setup.car === 'agent' ? unansweredOrder(replay.records, run) : undefined;
    if (order !== undefined) this.#order(book, order, deskAccount);
    this.#arm(book);
  }
}
