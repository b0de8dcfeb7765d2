import type { Statistics as Answer, LapRecord } from '@pitwall/protocol/api';
import { modelFamily } from '@pitwall/protocol/ranking';
import { type Kysely, sql } from 'kysely';
import type { Store } from '../store/index.js';
import { boardFrom } from './boards.js';
import { isAmong } from './rows.js';
import type { Kind, LeaderboardTables } from './tables.js';
import type { Visibility } from './visibility.js';

const mostRecords = 500;
const mostFamilies = 100;
/** Rows of one read: others get their turn after each. */
const pageOfStandings = 1000;
/** So old may an answer be, ms: most ask for the same. */
const holdsFor = 60_000;

/** What all of one track is driven by: directions, and track and simulator, have records of their own. */
interface Course {
  readonly track: string;
  readonly track_version: number;
  readonly direction: string;
  readonly kind: Kind;
}

/** Records, countries and models across all boards that everybody may see. */
export class Statistics {
  readonly #store: Store;
  readonly #visibility: Visibility;
  readonly #now: () => number;
  #kept: { readonly hidden: string; readonly at: number; readonly answer: Promise<Answer> } | undefined;

  constructor(store: Store, visibility: Visibility, now: () => number) {
    this.#store = store;
    this.#visibility = visibility;
    this.#now = now;
  }

  /** Is made anew for the next who asks. */
  forget(): void {
    this.#kept = undefined;
  }

  /** Made anew once a minute, and as soon as a board is shown or hidden. */
  async read(): Promise<Answer> {
    const hidden = await this.#visibility.hiddenBoards();
    const key = JSON.stringify(hidden);
    const now = this.#now();
    const kept = this.#kept;
    if (kept !== undefined && kept.hidden === key && now - kept.at < holdsFor) return await kept.answer;
    const answer = this.#make(hidden);
    this.#kept = { hidden: key, at: now, answer };
    answer.catch(() => {
      if (this.#kept?.answer === answer) this.#kept = undefined;
    });
    return await answer;
  }

  async #make(hidden: readonly string[]): Promise<Answer> {
    const boards = await this.#boards(hidden);
    const records = await this.#records(hidden, boards);
    const seen = new Census();
    for (const board of boards.keys()) for await (const rows of this.#standings(board)) seen.add(rows);
    return { racers: seen.racers, records, ...seen.answer(records) };
  }

  async #records(hidden: readonly string[], boards: ReadonlyMap<string, string>): Promise<LapRecord[]> {
    const records: LapRecord[] = [];
    for (let course = await this.#courseAfter(undefined); course !== undefined; ) {
      const record = await this.#record(course, hidden, boards);
      if (record !== undefined) records.push(record);
      if (records.length === mostRecords) break;
      course = await this.#courseAfter(course);
      await turnOfOthers();
    }
    return records;
  }

  /** From one to the next by the index: as many reads as there are courses, however many results. */
  async #courseAfter(last: Course | undefined): Promise<Course | undefined> {
    const columns = ['track', 'track_version', 'direction', 'kind'] as const;
    let query = this.#ranked().select(columns);
    for (const column of columns) query = query.orderBy(column);
    if (last !== undefined)
      query = query.where(
        sql<boolean>`(track, track_version, direction, kind) > (${last.track}, ${sql.lit(last.track_version)}, ${last.direction}, ${last.kind})`,
      );
    return (await query.limit(1).executeTakeFirst()) as Course | undefined;
  }

  async #record(
    { track, track_version, direction, kind }: Course,
    hidden: readonly string[],
    boards: ReadonlyMap<string, string>,
  ): Promise<LapRecord | undefined> {
    const row = await this.#ranked()
      .select(['board', 'result_id', 'racer', 'best_lap', 'model_name', 'imported', 'finished_at'])
      .where('track', '=', track)
      .where('track_version', '=', track_version)
      .where('direction', '=', direction)
      .where('kind', '=', kind)
      .where((to) => to.not(isAmong(this.#store, 'board', hidden)))
      .orderBy('best_lap')
      .orderBy('finished_at')
      .orderBy('result_id')
      .limit(1)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const known = await this.#visibility.track(track, track_version);
    const who = await this.#db
      .selectFrom('leaderboard_standings')
      .select(['alias', 'country'])
      .where('board', '=', row.board)
      .where('racer', '=', row.racer)
      .where('kind', '=', kind)
      .executeTakeFirst();
    const lap = row.best_lap as number;
    return {
      leaderboard: row.board,
      name: boards.get(row.board) ?? row.board,
      track: { id: track, version: track_version, direction },
      trackName: known?.name ?? track,
      kind,
      racer: row.racer,
      alias: who?.alias ?? row.racer,
      ...(who?.country == null ? {} : { country: who.country }),
      lap,
      speed: known === undefined ? null : known.lengthM / (lap / 1e6),
      resultId: row.result_id,
      model: row.model_name,
      ...(row.imported === 1 ? { imported: true as const } : {}),
      finishedAt: row.finished_at,
    } as LapRecord;
  }

  async *#standings(board: string): AsyncGenerator<Standing[]> {
    for (let last: Standing | undefined; ; ) {
      let query = this.#db
        .selectFrom('leaderboard_standings')
        .select(['racer', 'kind', 'country', 'present', 'model_hash', 'model_name'])
        .where('board', '=', board)
        .orderBy('racer')
        .orderBy('kind')
        .limit(pageOfStandings);
      if (last !== undefined) query = query.where(sql<boolean>`(racer, kind) > (${last.racer}, ${last.kind})`);
      const rows = await query.execute();
      yield rows;
      await turnOfOthers();
      if (rows.length < pageOfStandings) return;
      last = rows.at(-1);
    }
  }

  /** Names of those that everybody may see. */
  async #boards(hidden: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#db
      .selectFrom('leaderboard_boards')
      .select(['id', 'settings'])
      .where((to) => to.not(isAmong(this.#store, 'id', hidden)))
      .execute();
    return new Map(rows.map(({ id, settings }) => [id, boardFrom(id, settings).name]));
  }

  #ranked() {
    return this.#db
      .selectFrom('leaderboard_results')
      .where('state', '=', sql.lit('counted'))
      .where('best_lap', 'is not', null)
      .where('track', 'is not', null);
  }

  get #db(): Kysely<LeaderboardTables> {
    return this.#store.reading<LeaderboardTables>();
  }
}

type Standing = Pick<
  LeaderboardTables['leaderboard_standings'],
  'racer' | 'kind' | 'country' | 'present' | 'model_hash' | 'model_name'
>;

/** Racers by country, and models by family, out of standings. */
class Census {
  readonly #countries = new Map<string, string | null>();
  readonly #families = new Map<string, { readonly racers: Set<string>; readonly models: Set<string> }>();

  add(rows: readonly Standing[]): void {
    for (const { racer, country, present, model_hash, model_name } of rows) {
      if (present !== 1) continue;
      this.#countries.set(racer, country ?? this.#countries.get(racer) ?? null);
      if (model_name === null || model_hash === null) continue;
      const name = modelFamily(model_name);
      const family = this.#families.get(name) ?? { racers: new Set(), models: new Set() };
      family.racers.add(racer);
      family.models.add(model_hash);
      this.#families.set(name, family);
    }
  }

  get racers(): number {
    return this.#countries.size;
  }

  answer(records: readonly LapRecord[]): Pick<Answer, 'countries' | 'families'> {
    const countries = new Map<string | null, number>();
    for (const country of this.#countries.values()) countries.set(country, (countries.get(country) ?? 0) + 1);
    const held = new Map<string, number>();
    for (const { model } of records)
      if (model !== null) held.set(modelFamily(model), (held.get(modelFamily(model)) ?? 0) + 1);
    const families = [...this.#families].map(([family, { racers, models }]) => ({
      family,
      racers: racers.size,
      models: models.size,
      records: held.get(family) ?? 0,
    }));
    return {
      countries: [...countries]
        .map(([country, racers]) => ({ country, racers }))
        .sort((a, b) => b.racers - a.racers || (a.country ?? '').localeCompare(b.country ?? '')),
      families: families
        .sort((a, b) => b.racers - a.racers || b.records - a.records || a.family.localeCompare(b.family))
        .slice(0, mostFamilies),
    };
  }
}

const turnOfOthers = () => new Promise((resolve) => setImmediate(resolve));
