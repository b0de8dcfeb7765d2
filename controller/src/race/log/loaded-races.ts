import { isPitwallError, PitwallError, type RaceId } from '@pitwall/protocol';
import { RaceReplay } from '@pitwall/protocol/race';
import { limits } from '../../limits/index.js';
import type { DeskLog } from '../ports.js';
import { LoadedRace } from './loaded-race.js';
import { readOlderPart } from './older-part.js';
import type { RaceLogs, StoredLog } from './race-logs.js';
import type { RaceSnapshots } from './snapshots.js';

export interface LoadedRacesOptions {
  readonly logs: RaceLogs;
  readonly snapshots: RaceSnapshots;
  readonly log: DeskLog;
  /** Whether the desk is shutting down. */
  readonly isStopped: () => boolean;
  /** The older part of a race that is under way is not what it was: nobody knows any more what follows from it. */
  readonly damaged: (loaded: LoadedRace, error: PitwallError) => void;
  /** What is done with a race that comes from disk, before anyone gets it. */
  readonly taken: (loaded: LoadedRace) => Promise<void>;
  /** Whether something will happen in it by itself. */
  readonly isDue: (loaded: LoadedRace) => boolean;
  /** Of logs that nobody needs, as text. */
  readonly mostBytes?: number;
}

/**
 * The races whose logs are in memory; others are taken from disk when somebody asks. Those that are open or have a run stay, and those that somebody
 * follows or works with; of the others the ones that were asked for last, as far as there is room.
 */
export class LoadedRaces {
  readonly #options: LoadedRacesOptions;
  readonly #loaded = new Map<RaceId, LoadedRace>();
  readonly #loading = new Map<RaceId, Promise<LoadedRace | undefined>>();

  constructor(options: LoadedRacesOptions) {
    this.#options = options;
  }

  get all(): LoadedRace[] {
    return [...this.#loaded.values()];
  }

  get open(): LoadedRace[] {
    return this.all.filter(({ replay }) => replay.seq > 0 && replay.phase === 'open');
  }

  has(race: RaceId): boolean {
    return this.#loaded.has(race);
  }

  put(loaded: LoadedRace): void {
    this.#loaded.set(loaded.race, loaded);
  }

  remove(loaded: LoadedRace): void {
    if (this.#loaded.get(loaded.race) === loaded) this.#loaded.delete(loaded.race);
  }

  /** @throws PitwallError `not-found`, `log-invalid`. */
  async get(race: RaceId): Promise<LoadedRace> {
    const loaded = await this.find(race);
    if (loaded === undefined) throw new PitwallError('not-found', `There is no race ${race}.`);
    return loaded;
  }

  /** Undefined where there is no such race on disk. @throws PitwallError `log-invalid`. */
  find(race: RaceId): Promise<LoadedRace | undefined> {
    return this.#find(race, () =>
      this.#load(race, ({ records, bytes }) => new LoadedRace(race, { replay: new RaceReplay(records), bytes })),
    );
  }

  /** The same, from a snapshot where there is one: its older part comes later, or when somebody needs it. */
  takeUp(race: RaceId): Promise<LoadedRace | undefined> {
    return this.#find(
      race,
      async () =>
        (await this.#resume(race)) ?? (await this.#load(race, (log) => this.#options.snapshots.ofLog(race, log))),
    );
  }

  /** One that is in memory, or on its way there. */
  async here(race: RaceId): Promise<LoadedRace | undefined> {
    return this.#loaded.get(race) ?? (await this.#loading.get(race));
  }

  #find(race: RaceId, load: () => Promise<LoadedRace | undefined>): Promise<LoadedRace | undefined> {
    const known = this.#loaded.get(race);
    if (known !== undefined) {
      this.#asked(known);
      return Promise.resolve(known.committed === 0 ? undefined : known);
    }
    const loading = this.#loading.get(race) ?? load().finally(() => this.#loading.delete(race));
    this.#loading.set(race, loading);
    return loading;
  }

  async #resume(race: RaceId): Promise<LoadedRace | undefined> {
    const { logs, snapshots, damaged, log, isStopped } = this.#options;
    const resumed = await snapshots.resume(race, logs);
    if (resumed === undefined) return undefined;
    const { snapshot, beginning } = resumed;
    const older = async (loaded: LoadedRace) => {
      try {
        await readOlderPart(loaded, snapshot, { logs, snapshots, log, isStopped });
      } catch (error) {
        if (isPitwallError(error) && error.code === 'log-invalid') {
          this.remove(loaded);
          damaged(loaded, error);
        }
        throw error;
      }
    };
    const loaded = new LoadedRace(race, { ...beginning, older });
    loaded.snapshotAt = snapshot.replay.seq;
    return await this.#taken(loaded);
  }

  async #load(race: RaceId, loadedOf: (log: StoredLog) => LoadedRace): Promise<LoadedRace | undefined> {
    const log = await this.#options.logs.load(race);
    return log.records.length === 0 ? undefined : await this.#taken(loadedOf(log));
  }

  async #taken(loaded: LoadedRace): Promise<LoadedRace> {
    const { race, replay } = loaded;
    loaded.row = { race, name: replay.setup.name, phase: replay.phase };
    this.#asked(loaded);
    await loaded.during(() => this.#options.taken(loaded));
    return loaded;
  }

  /** It comes last in the order in which they are let go, and those that are in the way go. */
  #asked(loaded: LoadedRace): void {
    this.#loaded.delete(loaded.race);
    this.#loaded.set(loaded.race, loaded);
    const { isDue, mostBytes = limits.logsInMemory.bytes } = this.#options;
    const isIdle = ({ replay }: LoadedRace) =>
      replay.seq > 0 && replay.phase !== 'open' && replay.current === undefined;
    const idle = [...this.#loaded.values()].filter(
      (one) => one !== loaded && !one.isHeld && isIdle(one) && !isDue(one),
    );
    let bytes = loaded.bytes + idle.reduce((sum, one) => sum + one.bytes, 0);
    for (const one of idle) {
      if (bytes <= mostBytes) return;
      this.#loaded.delete(one.race);
      bytes -= one.bytes;
    }
  }
}
