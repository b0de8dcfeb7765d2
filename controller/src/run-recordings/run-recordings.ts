import type { ReadStream } from 'node:fs';
import { type CarId, type EpochMs, PitwallError, type RaceId, type RacerId } from '@pitwall/protocol';
import type { RunFileKind, RunRecording, RunRecordingState } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import { limits } from '../limits/index.js';
import type { Store } from '../store/index.js';
import type { RunFiles } from './run-files.js';
import type { RunRecordingRow, RunRecordingTables } from './tables.js';

/** A run whose recording is wanted. */
export interface WantedRun {
  readonly run: string;
  readonly race: RaceId;
  readonly racer: RacerId;
  readonly car: CarId;
}

export type KnownRun = WantedRun & {
  readonly state: RunRecordingState;
  readonly why: string | null;
  readonly shared: boolean;
  readonly until: EpochMs;
};

/** Recordings and videos of runs: which there are, how far each is, whose it is, and their files. */
export class RunRecordings {
  readonly #store: Store;
  readonly #files: RunFiles;
  readonly #now: () => number;
  readonly #deleting = new Set<(run: string) => Promise<void>>();

  constructor(store: Store, files: RunFiles, now: () => number = Date.now) {
    this.#store = store;
    this.#files = files;
    this.#now = now;
  }

  /** What has to let go of a run before its files are deleted. */
  onDelete(letGo: (run: string) => Promise<void>): void {
    this.#deleting.add(letGo);
  }

  /** A run that was confirmed; again, its videos are made anew, with the laps as they count now. What was deleted stays so. */
  async want({ run, race, racer, car }: WantedRun): Promise<void> {
    const row: RunRecordingRow = {
      ...{ run, race, racer, car, state: 'waiting', why: null, confirmed_at: this.#now(), shared: 0 },
    };
    await this.#db
      .insertInto('run_recordings')
      .values(row)
      .onConflict((known) =>
        known.column('run').doUpdateSet({ state: 'waiting', why: null }).where('run_recordings.state', '!=', 'deleted'),
      )
      .execute();
  }

  /** What is to be done, the longest confirmed first. */
  async pending(): Promise<KnownRun[]> {
    const rows = await this.#reading
      .selectFrom('run_recordings')
      .selectAll()
      .where('state', 'in', ['waiting', 'fetching', 'making'])
      .orderBy('confirmed_at')
      .execute();
    return rows.map(known);
  }

  /** Says how far it is; nothing of what was deleted meanwhile. */
  async set(run: string, state: RunRecordingState, why: string | null = null): Promise<void> {
    await this.#db
      .updateTable('run_recordings')
      .set({ state, why })
      .where('run', '=', run)
      .where('state', '!=', 'deleted')
      .execute();
  }

  /** What an earlier process left: what was begun begins again, what failed is tried again, and so is what lost its files. */
  async takeUp(): Promise<void> {
    const rows = await this.#reading.selectFrom('run_recordings').selectAll().where('state', '!=', 'deleted').execute();
    for (const { run, state } of rows)
      if (state !== 'there' || !(await this.#files.has(run, 'video'))) await this.set(run, 'waiting');
    const named = new Set(rows.map(({ run }) => run));
    for (const run of await this.#files.runs()) if (!named.has(run)) await this.#files.delete(run);
  }

  /** Those of a race, or of one racer in it. */
  async of(race: RaceId, racer?: RacerId): Promise<KnownRun[]> {
    const all = this.#reading.selectFrom('run_recordings').selectAll().where('race', '=', race);
    const rows = await (racer === undefined ? all : all.where('racer', '=', racer)).orderBy('confirmed_at').execute();
    return rows.map(known);
  }

  /** @throws PitwallError `not-found` */
  async about(race: RaceId, run: string): Promise<KnownRun> {
    const row = await this.#reading
      .selectFrom('run_recordings')
      .selectAll()
      .where('race', '=', race)
      .where('run', '=', run)
      .executeTakeFirst();
    if (row === undefined) throw notHere(run);
    return known(row);
  }

  async filesOf(run: string): Promise<RunRecording['files']> {
    return await this.#files.of(run);
  }

  /** @throws PitwallError `not-found` */
  async read(run: string, kind: RunFileKind): Promise<{ readonly bytes: number; readonly stream: ReadStream }> {
    return await this.#files.read(run, kind);
  }

  async share(run: string, shared: boolean): Promise<void> {
    await this.#db
      .updateTable('run_recordings')
      .set({ shared: shared ? 1 : 0 })
      .where('run', '=', run)
      .execute();
  }

  /** For good: it is not fetched again. */
  async delete(run: string): Promise<void> {
    await this.#db
      .updateTable('run_recordings')
      .set({ state: 'deleted', why: null, shared: 0 })
      .where('run', '=', run)
      .execute();
    await this.#remove(run);
  }

  /** Deletes what is older than docs/limits.md says. */
  async expire(): Promise<void> {
    const rows = await this.#reading
      .selectFrom('run_recordings')
      .select('run')
      .where('confirmed_at', '<=', this.#now() - limits.runRecordings.keptMs)
      .execute();
    for (const { run } of rows) {
      await this.#db.deleteFrom('run_recordings').where('run', '=', run).execute();
      await this.#remove(run);
    }
  }

  async #remove(run: string): Promise<void> {
    for (const letGo of this.#deleting) await letGo(run);
    await this.#files.delete(run);
  }

  get #db(): Kysely<RunRecordingTables> {
    return this.#store.as<RunRecordingTables>();
  }

  get #reading(): Kysely<RunRecordingTables> {
    return this.#store.reading<RunRecordingTables>();
  }
}

export const notHere = (run: string): PitwallError =>
  new PitwallError('not-found', `There is no recording of run ${run} here.`);

const known = ({ run, race, racer, car, state, why, confirmed_at, shared }: RunRecordingRow): KnownRun => ({
  run,
  race: race as RaceId,
  racer: racer as RacerId,
  car: car as CarId,
  state: state as RunRecordingState,
  why,
  shared: Number(shared) === 1,
  until: (Number(confirmed_at) + limits.runRecordings.keptMs) as EpochMs,
});
