import { PitwallError, type RaceId } from '@pitwall/protocol';
import { limits } from '../../limits/index.js';
import { LoadedRace } from './loaded-race.js';
import type { RaceLogs } from './race-logs.js';

export interface LoadedRacesOptions {
  readonly logs: RaceLogs;
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
    const { logs, taken } = this.#options;
    const { records, bytes } = await logs.load(race);
    if (records.length === 0) return undefined;
    const loaded = new LoadedRace(race, records, bytes);
    loaded.row = { race, name: loaded.replay.setup.name, phase: loaded.replay.phase };
    this.#asked(loaded);
    await loaded.during(() => taken(loaded));
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
