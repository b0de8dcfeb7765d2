import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RaceId } from '@pitwall/protocol';
import type { ToldMoment, TrackRecord } from '@pitwall/protocol/api';
import { type LogRecord, RaceReplay } from '@pitwall/protocol/race';
import { Moments } from '@pitwall/protocol/show';
import { LRUCache } from 'lru-cache';
import type { RaceDesk } from '../race/index.js';
import type { TrackRecords } from './track-records.js';

/** So many races are followed at once; another is read from its log again. */
const followed = 8;
/** Records that are gone through before the desk has its turn again: a crossing waits for no feed. */
const inOneTurn = 50;

type Untold = Omit<ToldMoment, 'text'>;

/** What happened in races, as their logs tell it: read once, kept while somebody asks. */
export class RaceMoments {
  readonly #desk: Pick<RaceDesk, 'follow' | 'log'>;
  readonly #records: Pick<TrackRecords, 'before' | 'forget'>;
  readonly #races = new LRUCache<RaceId, ToldRace>({ max: followed, dispose: (race) => race.stop() });

  constructor(desk: Pick<RaceDesk, 'follow' | 'log'>, records: Pick<TrackRecords, 'before' | 'forget'>) {
    this.#desk = desk;
    this.#records = records;
  }

  /**
   * Those of records after `after`, oldest first, the version that they are of, and the record of the track that they are told
   * against. @throws PitwallError `not-found`
   */
  async after(race: RaceId, after: number): Promise<{ seq: number; record: TrackRecord | null; moments: Untold[] }> {
    const { seq } = await this.#desk.log(race, 0, 0);
    let told = this.#races.get(race);
    if (told === undefined) {
      const record = await this.#records.before(race);
      // Somebody else asked meanwhile.
      told = this.#races.get(race) ?? new ToldRace(record);
      if (this.#races.get(race) !== told) {
        this.#races.set(race, told);
        const { take, follow } = told;
        follow(
          await this.#desk.follow(
            race,
            0,
            ({ records, isRenamed }) => {
              // Told anew, when somebody asks.
              if (isRenamed) this.#races.delete(race);
              else take(records);
            },
            () => this.#races.delete(race),
          ),
        );
      }
    }
    await told.upTo(seq);
    return { seq: told.seq, record: told.record, moments: told.after(after) };
  }

  /** Reads logs anew from now on: somebody's name was taken out of them. */
  forget(): void {
    this.#records.forget();
    this.#races.clear();
  }
}

class ToldRace {
  readonly #replay = new RaceReplay();
  readonly #moments: Moments;
  readonly record: TrackRecord | null;
  readonly #told: Untold[] = [];
  readonly #waiting: LogRecord[] = [];
  #busy = false;
  #working = Promise.resolve();
  #unfollow: (() => void) | undefined;
  #stopped = false;

  constructor(record: TrackRecord | null) {
    this.record = record;
    this.#moments = new Moments({ track: record?.time ?? null });
  }

  get seq(): number {
    return this.#replay.seq;
  }

  readonly follow = (unfollow: () => void): void => {
    if (this.#stopped) unfollow();
    this.#unfollow = unfollow;
  };

  stop(): void {
    this.#stopped = true;
    this.#unfollow?.();
  }

  readonly take = (records: readonly LogRecord[]): void => {
    this.#waiting.push(...records);
    if (this.#busy) return;
    this.#working = this.#work();
    // Whoever asks is told; the desk, which tells of records here, is not held up by it.
    this.#working.catch(() => undefined);
  };

  async upTo(seq: number): Promise<void> {
    while (this.seq < seq && this.#busy) await this.#working;
  }

  after(seq: number): Untold[] {
    const first = this.#told.findIndex((moment) => moment.seq > seq);
    return first === -1 ? [] : this.#told.slice(first);
  }

  async #work(): Promise<void> {
    this.#busy = true;
    try {
      for (let taken = 1; this.#waiting.length > 0; taken += 1) {
        const record = this.#waiting.shift() as LogRecord;
        this.#replay.append([record]);
        const { seq, epoch } = record;
        for (const moment of this.#moments.follow(this.#replay.state)) this.#told.push({ seq, epoch, moment });
        if (taken % inOneTurn === 0) await nextTurn();
      }
    } finally {
      this.#busy = false;
    }
  }
}
