import { PitwallError, type RaceId } from '@pitwall/protocol';
import { LoadedRace } from './loaded-race.js';
import type { RaceLogs } from './race-logs.js';

/** Official races, whose logs say nothing new any more, that stay in memory for who looks at them next. */
const keptOfficial = 8;

/**
 * The races whose logs are in memory; others are taken from disk when somebody asks. Of those that are official, which are let go
 * again, the ones that were asked for last stay, and those that somebody follows.
 */
export class LoadedRaces {
  readonly #logs: RaceLogs;
  readonly #taken: (loaded: LoadedRace) => Promise<void>;
  readonly #loaded = new Map<RaceId, LoadedRace>();
  readonly #loading = new Map<RaceId, Promise<LoadedRace | undefined>>();

  /** `taken`: what is done with a race that comes from disk, before anyone gets it. */
  constructor(logs: RaceLogs, taken: (loaded: LoadedRace) => Promise<void>) {
    this.#logs = logs;
    this.#taken = taken;
  }

  get open(): LoadedRace[] {
    return [...this.#loaded.values()].filter(({ replay }) => replay.seq > 0 && replay.phase === 'open');
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
    const known = this.#loaded.get(race);
    if (known !== undefined) {
      this.#asked(known);
      return Promise.resolve(known.committed === 0 ? undefined : known);
    }
    const loading = this.#loading.get(race) ?? this.#load(race).finally(() => this.#loading.delete(race));
    this.#loading.set(race, loading);
    return loading;
  }

  async #load(race: RaceId): Promise<LoadedRace | undefined> {
    const records = await this.#logs.load(race);
    if (records.length === 0) return undefined;
    const loaded = new LoadedRace(race, records);
    loaded.row = { race, name: loaded.replay.setup.name, phase: loaded.replay.phase };
    this.#asked(loaded);
    await this.#taken(loaded);
    return loaded;
  }

  /** It comes last in the order in which they are let go, and one that is in the way goes. */
  #asked(loaded: LoadedRace): void {
    this.#loaded.delete(loaded.race);
    this.#loaded.set(loaded.race, loaded);
    const over = [...this.#loaded.values()].filter(({ replay }) => replay.seq > 0 && replay.phase === 'official');
    for (const one of over.slice(0, -keptOfficial)) if (one.followers.size === 0) this.#loaded.delete(one.race);
  }
}
