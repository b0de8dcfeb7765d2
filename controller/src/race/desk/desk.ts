import { type CarId, isPitwallError, PitwallError, type RaceId } from '@pitwall/protocol';
import type { CommandOutcome, CreateRace, GiveCommand } from '@pitwall/protocol/api';
import {
  isConflict,
  type LogRecord,
  logVersion,
  mayGo,
  type RaceEvent,
  type RaceReplay,
  type RaceState,
} from '@pitwall/protocol/race';
import type { Store } from '../../store/index.js';
import { RunCars } from '../cars/run-cars.js';
import { nextDueMs } from '../log/deadlines.js';
import { type Change, GroupCommit } from '../log/group-commit.js';
import { deskAccount, type Follower, LoadedRace, Published } from '../log/loaded-race.js';
import { LoadedRaces } from '../log/loaded-races.js';
import { RaceLogs, type RaceRow } from '../log/race-logs.js';
import { RaceSnapshots } from '../log/snapshots.js';
import type {
  CarAnswer,
  CarMotion,
  Cars,
  DeskClock,
  DeskLog,
  Epoch,
  Gates,
  Outbox,
  RacePublisher,
  Timers,
} from '../ports.js';
import { conflict } from './conflict.js';
import { CrossingRecorder } from './crossing-recorder.js';
import { DeadlineTimers } from './deadline-timers.js';
import { Decisions } from './decisions.js';

export interface DeskOptions {
  readonly store: Store;
  readonly clock: DeskClock;
  readonly epoch: Epoch;
  readonly timers: Timers;
  readonly cars: Cars;
  readonly gates: Gates;
  readonly outbox?: Outbox;
  readonly publisher?: RacePublisher;
  /** This controller's name in the results it sends. */
  readonly source: string;
  readonly log: DeskLog;
  /** Of logs in memory that nobody needs, as text; by default as docs/limits.md says. */
  readonly mostBytes?: number;
}

/** Races taken up from a snapshot are read whole so long after the start, ms, when everything else is up; or as soon as somebody needs it. */
const olderPartsAfterMs = 1000;
/** At an orderly end a snapshot is made of a log that has grown by so many records. */
const worthAtEnd = 100;

export type Storage = { readonly ok: boolean; readonly held: number; readonly message: string };

/** The only writer of races: takes commands and crossings, appends to the logs, and tells everyone what is on disk. */
export class RaceDesk {
  /** Takes the crossings of all gates. */
  readonly crossings: CrossingRecorder;
  readonly #options: DeskOptions;
  readonly #logs: RaceLogs;
  readonly #snapshots: RaceSnapshots;
  readonly #races: LoadedRaces;
  readonly #commits: GroupCommit;
  readonly #deadlines: DeadlineTimers;
  readonly #cars: RunCars;
  readonly #decisions: Decisions;
  readonly #watchers = new Set<(storage: Storage) => void>();
  readonly #raceWatchers = new Set<(race: RaceId, replay: RaceReplay) => void>();
  #storage: Storage = { ok: true, held: 0, message: '' };
  #stopped = true;
  #ended = 0;
  #older: unknown;

  constructor(options: DeskOptions) {
    this.#options = options;
    const { outbox, timers, log, clock, epoch, cars, gates, source } = options;
    this.#logs = new RaceLogs(options.store);
    this.#snapshots = new RaceSnapshots(options.store, log);
    this.#races = new LoadedRaces({
      logs: this.#logs,
      snapshots: this.#snapshots,
      log,
      isStopped: () => this.#stopped,
      damaged: (loaded, error) => this.#damaged(loaded, error),
      taken: async (loaded) => {
        if (!this.#stopped) await this.#resume(loaded);
      },
      isDue: ({ replay }) => nextDueMs(replay, { clock, epoch: epoch() }) !== undefined,
      ...(options.mostBytes === undefined ? {} : { mostBytes: options.mostBytes }),
    });
    this.#commits = new GroupCommit({
      logs: this.#logs,
      outbox,
      timers,
      clock,
      epoch,
      log,
      committed: (changes) => this.#committed(changes),
      unwritten: (changes) => this.#unwritten(changes),
      trouble: (trouble) => {
        this.#storage = { ok: trouble === null, held: trouble?.held ?? 0, message: trouble?.error ?? '' };
        for (const watcher of this.#watchers) watcher(this.#storage);
      },
    });
    this.#deadlines = new DeadlineTimers({ commits: this.#commits, clock, epoch, timers });
    this.#cars = new RunCars({ cars, commits: this.#commits, log });
    this.crossings = new CrossingRecorder(this.#races, this.#commits);
    this.#decisions = new Decisions({ races: this.#races, cars, gates, source });
  }

  /** Takes up every race where its log ends. A damaged log is reported, and leaves the others alone. */
  async start(): Promise<void> {
    this.#stopped = false;
    this.#deadlines.start();
    this.#cars.start();
    for (const { race, phase } of await this.#logs.list()) {
      if (phase !== 'open' && phase !== 'closed') continue;
      try {
        await this.#races.takeUp(race);
      } catch (error) {
        this.#options.log.error({ race, error: (error as Error).message }, 'a race could not be taken up');
      }
    }
    this.#older = this.#options.timers.set(() => void this.#readOlderParts(), olderPartsAfterMs);
  }

  /** One race after the other. What is wrong with one is said where it is found. */
  async #readOlderParts(): Promise<void> {
    for (const loaded of this.#races.all) {
      if (loaded.replay.isWhole) continue;
      await loaded.whole().catch(() => undefined);
      // A stop that nobody answered may stand before the snapshot.
      if (loaded.replay.isWhole) this.#cars.resume(loaded, deskAccount);
    }
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#deadlines.stop();
    this.#cars.stop();
    this.#options.timers.clear(this.#older);
    await this.#commits.stop();
    for (const loaded of this.#races.all) await this.#snapshots.consider(loaded, worthAtEnd);
  }

  /** How often something that listens to logs failed since the start: each is a defect, and in the log of this process. */
  get failedListeners(): number {
    return this.#ended;
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

  async #whole(race: RaceId): Promise<LoadedRace> {
    const loaded = await this.#races.get(race);
    await loaded.whole();
    return loaded;
  }

  /** What follows from what is on disk. @throws PitwallError `not-found`. */
  async state(race: RaceId): Promise<RaceState> {
    const loaded = await this.#whole(race);
    while (loaded.replay.seq !== loaded.committed) await this.#commits.settled();
    return loaded.replay.state;
  }

  /** Records after `after`, oldest first, and the version. */
  async log(race: RaceId, after: number, limit: number): Promise<{ records: readonly LogRecord[]; seq: number }> {
    const { replay, committed } = await this.#whole(race);
    return { records: replay.records.slice(after, Math.min(committed, after + limit)), seq: committed };
  }

  /**
   * All records after `after` at once, then each as soon as it is on disk. One that throws hears no more, and is told by `ended`: nobody else is
   * held up by it. Answers how to stop.
   */
  async follow(race: RaceId, after: number, follower: Follower, ended?: (error: unknown) => void): Promise<() => void> {
    const loaded = await this.#whole(race);
    const onDisk = loaded.replay.records.slice(after, loaded.committed);
    if (onDisk.length > 0) follower(new Published(race, onDisk));
    const following = { follower, ended };
    loaded.followers.add(following);
    return () => loaded.followers.delete(following);
  }

  async create({ race, commandId, setup }: CreateRace, who: string): Promise<CommandOutcome> {
    const known = await this.#races.find(race);
    if (known !== undefined) {
      await known.whole();
      const records = known.recordsOf(commandId);
      if (records !== undefined) return { commandId, repeated: true, records: [...records], seq: known.committed };
      throw new PitwallError('race-exists', `There is a race ${race} already; choose another id.`);
    }
    const loaded = new LoadedRace(race);
    const records = await this.#commits
      .write((batch) => {
        if (this.#races.has(race)) throw new PitwallError('race-exists', `There is a race ${race} already.`);
        this.#races.put(loaded);
        return batch.append(loaded, this.#commits.author(who, commandId), [{ type: 'created', setup, logVersion }]);
      })
      .catch((error: unknown) => {
        this.#races.remove(loaded);
        throw error;
      });
    return { commandId, repeated: false, records, seq: 1 };
  }

  /**
   * Gives a command. Resolves when it is on disk.
   * @throws PitwallError `race-conflict` where the race changed since `seen` (details: `seq`, `changes`), `race-refused`
   * where the race does not allow it, `store-unavailable` where it could not be written: it is not in the log
   * then, though a car that it stops was told.
   */
  async command(race: RaceId, given: GiveCommand, who: string): Promise<CommandOutcome> {
    const loaded = await this.#races.get(race);
    return await loaded.during(() => this.#command(loaded, given, who));
  }

  async #command(loaded: LoadedRace, { commandId, seen, command }: GiveCommand, who: string): Promise<CommandOutcome> {
    const heard = command.type === 'e-stop' ? this.#cars.eStop(loaded, command.car, who) : undefined;
    const unwritten = (error: unknown) => {
      throw command.type === 'e-stop' ? eStoppedUnwritten(error, command.car) : error;
    };
    // Whether it was given before stands in the whole log; an e-stop is with the car by now.
    await loaded.whole().catch(unwritten);
    if (command.type === 'test-e-stop') return await this.#cars.testEStop(loaded, commandId, command.car, who);
    if (command.type === 'clear-car') return await this.#cars.clear(loaded, commandId, command.car, who);
    const armable = command.type === 'ready' ? await this.#cars.armable(loaded, command.runId, who) : undefined;
    let repeated = false;
    const records = await this.#commits
      .write((batch) => {
        const known = loaded.recordsOf(commandId);
        if (known !== undefined) {
          repeated = true;
          return known;
        }
        this.#commits.passDeadlines(batch, loaded);
        const since = loaded.replay.records.slice(seen);
        if (seen > loaded.replay.seq || isConflict(command.type, since)) throw conflict(loaded.replay.seq, seen, since);
        return this.#decisions.write(batch, loaded, command, this.#commits.author(who, commandId), armable);
      })
      .catch(unwritten);
    if (!repeated) heard?.();
    return { commandId, repeated, records: [...records], seq: loaded.committed };
  }

  /** Whether the racer has the track in any race. */
  hasTrack(racer: string): boolean {
    return this.#races.open.some(({ replay }) => replay.current?.racer === racer);
  }

  /** What logs have of a racer: each entry, as it was made and changed. */
  async entriesOf(racer: string): Promise<LogRecord[]> {
    return await this.#logs.entriesOf(racer);
  }

  /** Takes what the racer is called out of every log, on disk, here and for everyone who follows. Again it changes nothing. */
  async eraseNames(racer: string): Promise<void> {
    const records = await this.#logs.eraseNames(racer);
    for (const race of new Set(records.map((record) => record.race))) {
      const loaded = await this.#races.here(race);
      // Of a damaged one it is said where it is read; it is read from the disk again.
      await loaded?.whole().catch(() => undefined);
      if (loaded?.replay.isWhole !== true) continue;
      const renamed = records.filter((record) => record.race === race);
      loaded.rename(renamed);
      this.#tell(loaded, new Published(race, renamed, { isRenamed: true }));
    }
  }

  /** The cars of the runs under way, whether or not anything was heard of them. */
  get carsInRuns(): CarId[] {
    return this.#races.open.flatMap(({ replay: { setup, current } }) =>
      setup.car === 'any' || current?.car == null ? [] : [current.car],
    );
  }

  /**
   * All cars were told an e-stop: the run under way of every open race is paused, and what its car says is written down.
   * @returns the races whose run is paused by it
   */
  async allStopped(who: string, answerOf: (car: CarId) => Promise<CarAnswer> | undefined): Promise<RaceId[]> {
    const paused = this.#races.open.map(async (loaded) => {
      try {
        const records = await this.#commits.write((batch) => {
          this.#commits.passDeadlines(batch, loaded);
          const run = loaded.replay.current;
          if (run === undefined || !(mayGo(run) || run.countdown !== null)) return [];
          const event: RaceEvent = { type: 'paused', runId: run.runId, by: 'e-stop' };
          return batch.append(loaded, this.#commits.author(who), [event]);
        });
        const car = loaded.replay.current?.car;
        const answer = car == null ? undefined : answerOf(car);
        if (car != null && answer !== undefined) this.#cars.stopped(loaded, car, answer);
        return records.length > 0 ? [loaded.race] : [];
      } catch (error) {
        const { log } = this.#options;
        log.error({ race: loaded.race, error: (error as Error).message }, 'the cars stand, but a run was not paused');
        return [];
      }
    });
    return (await Promise.all(paused)).flat();
  }

  /** A model was loaded onto the car of a run, or was not. */
  async loaded(race: RaceId, runId: string, car: CarId, { outcome, safety, message }: CarAnswer): Promise<void> {
    this.#cars.heard(await this.#races.get(race), runId, car, { outcome, safety, message });
  }

  /** A car began to drive, or does not any more. */
  carMoves(car: CarId, motion: CarMotion): void {
    this.#cars.moves(this.#races.open, car, motion);
  }

  /** Every open race now, and each as it changes, after that is on disk. Answers how to stop. */
  watch(watcher: (race: RaceId, replay: RaceReplay) => void): () => void {
    this.#raceWatchers.add(watcher);
    for (const { race, replay } of this.#races.open) watcher(race, replay);
    return () => this.#raceWatchers.delete(watcher);
  }

  /** After a commit: the pages, the track, the next deadline, the car. */
  #committed(changes: readonly Change[]): void {
    for (const change of changes) {
      const { loaded, before, records } = change;
      this.#tell(loaded, new Published(loaded.race, records));
      const { replay } = loaded;
      const after = replay.current ?? (before === undefined ? undefined : replay.run(before.runId));
      this.#isolated(() => this.#options.publisher?.publish(records.at(-1) as LogRecord, before, after), loaded.race);
      for (const watcher of [...this.#raceWatchers])
        this.#isolated(
          () => watcher(loaded.race, replay),
          loaded.race,
          () => this.#raceWatchers.delete(watcher),
        );
      this.#deadlines.arm(loaded);
      this.#cars.runChanged(change, after, this.#races.open);
      void this.#snapshots.consider(loaded);
    }
  }

  #tell(loaded: LoadedRace, published: Published): void {
    for (const one of [...loaded.followers])
      this.#isolated(
        () => one.follower(published),
        loaded.race,
        (error) => {
          loaded.followers.delete(one);
          one.ended?.(error);
        },
      );
  }

  /** What listens to the log may be broken; the log, its deadlines and its cars go on. */
  #isolated(tell: () => void, race: RaceId, end: (error: unknown) => void = () => undefined): void {
    try {
      tell();
    } catch (error) {
      this.#ended += 1;
      this.#options.log.error({ race, error: (error as Error).stack }, 'what listens to the log failed: a defect');
      end(error);
    }
  }

  /** The disk fails: cars stand where they must all the same. Answers what was done, in a sentence. */
  #unwritten(changes: readonly Change[]): string {
    const told = changes.flatMap(({ loaded, before, records }) => {
      const after = loaded.replay.current ?? (before === undefined ? undefined : loaded.replay.run(before.runId));
      return this.#cars.unwritten(loaded, before, after, records);
    });
    return told.length === 0 ? '' : ` Told to stop all the same: ${told.join(', ')}.`;
  }

  /** The car of its run stands: nobody knows any more whether it may go. */
  #damaged({ race, replay }: LoadedRace, error: PitwallError): void {
    const { log, cars } = this.#options;
    log.error(
      { race, error: error.message },
      'the log of a race is damaged; the race is put away, and its car stopped',
    );
    const car = replay.setup.car === 'any' ? null : (replay.current?.car ?? null);
    if (car !== null) void cars.order(car, 'stop', deskAccount);
  }

  /** A race goes on where its log ends; on another life of the clock the log says so. */
  async #resume(loaded: LoadedRace): Promise<void> {
    const { replay } = loaded;
    const run = replay.current;
    const from = replay.last?.at.bootId;
    if (run !== undefined && from !== undefined && from !== this.#options.clock.bootId)
      await this.#commits.write((batch) => {
        const events: RaceEvent[] = [{ type: 'clock-restarted', from }];
        // A countdown cannot end in a clock that is gone.
        if (run.countdown !== null) events.push({ type: 'paused', runId: run.runId, by: 'red-flag' });
        batch.append(loaded, this.#commits.author(), events);
      });
    this.#cars.resume(loaded, deskAccount);
    this.#deadlines.arm(loaded);
  }
}

/** The car hears of an e-stop before the disk does. */
function eStoppedUnwritten(error: unknown, car: CarId): unknown {
  if (!isPitwallError(error) || (error.code !== 'store-unavailable' && error.code !== 'log-invalid')) return error;
  return new PitwallError(error.code, `The e-stop was sent to ${car}. ${error.message}`, { cause: error });
}
