import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { RaceId } from '@pitwall/protocol';
import { type RaceEventType, RaceReplay, type ReplaySnapshot, reachesBehind } from '@pitwall/protocol/race';
import type { Kysely } from 'kysely';
import type { Store } from '../../store/index.js';
import type { DeskLog } from '../ports.js';
import { sha256 } from './chain.js';
import { type Beginning, LoadedRace } from './loaded-race.js';
import type { RaceLogs, StoredLog } from './race-logs.js';
import { SeenCrossings, type WrittenCrossings } from './seen-crossings.js';
import type { RaceTables } from './tables.js';

/** Records between two snapshots; a start reads as many beside those of the run that has the track. */
const every = 1000;

const beginsRun: ReadonlySet<string> = new Set<RaceEventType>(['run-called', 'practice-started']);

/** What a race came to at a moment, with what its log does not give without being read. */
interface Snapshot {
  readonly replay: ReplaySnapshot;
  readonly crossings: WrittenCrossings;
}

const snapshotOf = (replay: RaceReplay, crossings: SeenCrossings): Snapshot | undefined => {
  const reduced = replay.snapshot();
  return reduced === undefined ? undefined : { replay: reduced, crossings: crossings.written() };
};

/** Whether it is this one that the log comes to; both as JSON has them. */
export const isSame = (snapshot: Snapshot, replay: RaceReplay, crossings: SeenCrossings): boolean =>
  isDeepStrictEqual(JSON.parse(JSON.stringify(snapshotOf(replay, crossings) ?? null)), snapshot);

/** A race that goes on from a snapshot, and what its older part must come to. */
export interface Resumed {
  readonly snapshot: Snapshot;
  readonly beginning: Beginning & { readonly replay: RaceReplay };
}

/**
 * Snapshots of races, from which a controller starts without having read their logs. Each is a cache: it counts where its sum holds, the log has
 * its last record, and it was made by the very code that would use it; else the log is read from its first record.
 */
export class RaceSnapshots {
  readonly #store: Store;
  readonly #log: DeskLog;

  constructor(store: Store, log: DeskLog) {
    this.#store = store;
    this.#log = log;
  }

  /**
   * After a commit: a new one, where the log has grown by so many records and no run has the track. Those who wait for the commit are told first;
   * whether it succeeds changes nothing.
   */
  async consider(loaded: LoadedRace, growth = every): Promise<void> {
    const { race, replay, committed } = loaded;
    const { phase, seq } = replay;
    if (seq - loaded.snapshotAt < growth || (phase !== 'open' && phase !== 'closed') || replay.current) return;
    await undefined;
    if (replay.seq !== committed || loaded.committed !== committed) return;
    const snapshot = snapshotOf(replay, loaded.crossings);
    if (snapshot !== undefined) await this.#keep(race, snapshot);
    loaded.snapshotAt = seq;
  }

  /** Of a log that was read from its first record: as it was before the run that has the track, or now. Answers the race. */
  ofLog(race: RaceId, { records, bytes }: StoredLog): LoadedRace {
    const called = records.findLastIndex(({ event }) => beginsRun.has(event.type));
    if (records.length < every || called < every)
      return new LoadedRace(race, { replay: new RaceReplay(records), bytes });
    const { replay, crossings } = new LoadedRace(race, { replay: new RaceReplay(records.slice(0, called)) });
    const snapshot = snapshotOf(replay, crossings);
    if (snapshot !== undefined) void this.#keep(race, snapshot);
    replay.append(records.slice(called));
    const loaded = new LoadedRace(race, { replay, crossings, bytes });
    loaded.snapshotAt = called;
    return loaded;
  }

  async forget(race: RaceId): Promise<void> {
    await this.#db.deleteFrom('race_snapshots').where('race', '=', race).execute();
  }

  /** Undefined where there is no snapshot that can be used. @throws PitwallError `log-invalid` for records after it. */
  async resume(race: RaceId, logs: RaceLogs): Promise<Resumed | undefined> {
    const reading = this.#store.reading<RaceTables>();
    const row = await reading.selectFrom('race_snapshots').selectAll().where('race', '=', race).executeTakeFirst();
    if (row === undefined || row.reducer !== reducer() || row.sum !== sumOf(row)) return undefined;
    const snapshot = JSON.parse(row.content) as Snapshot;
    const { last } = snapshot.replay;
    if (last.race !== race || (await logs.hashOf(race, last.seq)) !== last.hash) return undefined;
    const { records, bytes } = await logs.loadAfter(last);
    if (reachesBehind(snapshot.replay, records)) return undefined;
    const replay = RaceReplay.from(snapshot.replay);
    replay.append(records);
    return { snapshot, beginning: { replay, crossings: new SeenCrossings(snapshot.crossings), bytes } };
  }

  async #keep(race: RaceId, snapshot: Snapshot): Promise<void> {
    try {
      await this.#write(race, snapshot);
    } catch (error) {
      this.#log.warn(
        { race, error: (error as Error).message },
        'a snapshot was not written: the next start takes longer',
      );
    }
  }

  async #write(race: RaceId, snapshot: Snapshot): Promise<void> {
    const row = { race, seq: snapshot.replay.seq, reducer: reducer(), content: JSON.stringify(snapshot) };
    const { seq, reducer: by, content } = row;
    const sum = sumOf(row);
    await this.#db
      .insertInto('race_snapshots')
      .values({ ...row, sum })
      .onConflict((conflict) => conflict.column('race').doUpdateSet({ seq, reducer: by, content, sum }))
      .execute();
  }

  get #db(): Kysely<RaceTables> {
    return this.#store.as<RaceTables>();
  }
}

const sumOf = ({ race, seq, reducer: by, content }: Omit<RaceTables['race_snapshots'], 'sum'>): string =>
  sha256(JSON.stringify([race, Number(seq), by, content]));

let known: string | undefined;

/** The hash of the code that turns logs into races: another Pitwall reads them anew. */
function reducer(): string {
  known ??= sha256(
    codeOf(dirname(dirname(createRequire(import.meta.url).resolve('@pitwall/protocol/race'))))
      .map((file) => readFileSync(file, 'utf8'))
      .join('\0'),
  );
  return known;
}

const codeOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .sort()
    .map((file) => join(folder, file));
