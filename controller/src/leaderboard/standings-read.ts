import type { Board } from '@pitwall/protocol/api';
import { lapTime, metricInWords, type Placing } from '@pitwall/protocol/ranking';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import { type Column, type Filter, type Ranked, StandingIndex, unfiltered } from './standing-index.js';
import type { LeaderboardTables, StandingRow } from './tables.js';

const pageOfChanges = 5000;
const mostRemembered = 10_000;
const mostKept = 20;

export interface ReadRow {
  readonly rank: number;
  readonly standing: StandingRow;
}

/** Reads one board: places from the index, details from the database. */
export class BoardReader {
  readonly #store: Store;
  readonly #board: string;
  readonly #index = new StandingIndex();
  /** The rows last read, by kind and racer: what most look at is the top. */
  readonly #remembered = new Map<string, StandingRow>();
  /** Answers that hold until the board changes. */
  readonly #kept = new Map<string, Promise<unknown>>();
  #keptAt = 0;
  #syncing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(store: Store, board: string) {
    this.#store = store;
    this.#board = board;
  }

  /** Brings the index up to what is committed now. Those who ask while one is under way share the next. */
  sync(): Promise<void> {
    if (this.#syncing === undefined) {
      this.#syncing = this.#follow().finally(() => {
        this.#syncing = undefined;
      });
      return this.#syncing;
    }
    this.#next ??= this.#syncing
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.sync();
      });
    return this.#next;
  }

  get seq(): number {
    return this.#index.seq;
  }

  /** What `make` answers, made once as long as the board stays as it is: most ask for the same, its top. */
  kept<T>(key: string, make: () => Promise<T>): Promise<T> {
    if (this.#keptAt !== this.seq || this.#kept.size >= mostKept) this.#kept.clear();
    this.#keptAt = this.seq;
    const kept = (this.#kept.get(key) as Promise<T> | undefined) ?? make();
    this.#kept.set(key, kept);
    // What failed, or was read while the board changed, is made anew for the next who asks.
    kept.catch(() => this.#kept.delete(key));
    return kept;
  }

  size(column: Column, filter: Filter): number {
    return this.#index.size(column, filter);
  }

  entry(column: Column, racer: string): Ranked | undefined {
    return this.#index.entry(column, racer);
  }

  countBefore(column: Column, filter: Filter, placing: Placing): number {
    return this.#index.countBefore(column, filter, placing);
  }

  /** How many stand at or before this placing, which may be gone by now. */
  placesUpTo(column: Column, filter: Filter, placing: Placing): number {
    // No id sorts between an id and the same with a character behind it.
    return this.#index.countBefore(column, filter, { ...placing, resultId: `${placing.resultId}\0` });
  }

  /** The rank in its column of a standing that was just read; undefined where it is ranked no more. */
  rankOf({ racer, kind, result_id }: StandingRow): number | undefined {
    const entry = result_id === null ? undefined : this.#index.entry(kind, racer);
    return entry === undefined ? undefined : this.#index.countBefore(kind, unfiltered, entry) + 1;
  }

  /**
   * Rows with their ranks, `count` from a place on (0 is the first). `place` finds it, each time that the board is read
   * anew because it changed meanwhile.
   */
  async rows(column: Column, filter: Filter, place: () => number, count: number): Promise<ReadRow[]> {
    for (let attempt = 0; ; attempt += 1) {
      const from = place();
      const ranked = this.#index.slice(column, filter, from, count);
      const details = await this.#details(ranked);
      const rows = ranked.map((entry, index) => ({
        rank: from + index + 1,
        standing: details.get(`${entry.kind} ${entry.racer}`),
        entry,
      }));
      // A row that changed since the index was read: follow, and read again. Under endless change the last read stands.
      const settled = rows.every(({ standing, entry }) => standing?.result_id === entry.resultId);
      if (settled || attempt >= 3)
        return rows.flatMap(({ rank, standing }) => (standing?.result_id == null ? [] : [{ rank, standing }]));
      await this.sync();
    }
  }

  /** Racers with counted results of which none qualifies, by id and kind; `after` is the last one's "racer kind". */
  async unranked(filter: Filter, after: string, limit: number): Promise<StandingRow[]> {
    const [racer = '', kind = ''] = after.split(' ');
    const entries = this.#index.unranked(filter, after === '' ? undefined : { racer, kind }, limit);
    const details = await this.#details(entries);
    return entries.flatMap((entry) => details.get(`${entry.kind} ${entry.racer}`) ?? []);
  }

  /**
   * Standings that changed after `since`, oldest change first; each racer's latest only. What is newer than the index
   * has no rank there yet, and comes with the next.
   */
  async changes(since: number, limit: number): Promise<StandingRow[]> {
    return await this.#db
      .selectFrom('leaderboard_standings')
      .selectAll()
      .where('board', '=', this.#board)
      .where('seq', '>', since)
      .where('seq', '<=', this.seq)
      .orderBy('seq')
      .limit(limit)
      .execute();
  }

  async #follow(): Promise<void> {
    for (;;) {
      const rows = await this.#db
        .selectFrom('leaderboard_standings')
        .select(['racer', 'kind', 'seq', 'present', 'result_id', 'score', 'finished_at', 'country', 'division'])
        .where('board', '=', this.#board)
        .where('seq', '>', this.#index.seq)
        .orderBy('seq')
        .limit(pageOfChanges)
        .execute();
      this.#index.apply(rows);
      if (rows.length < pageOfChanges) return;
      // A large board is read after a start: others get their turn meanwhile.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Rows of these entries: remembered ones as long as nothing changed them. */
  async #details(
    entries: readonly { readonly racer: string; readonly kind: string; readonly seq?: number }[],
  ): Promise<Map<string, StandingRow>> {
    const rows = new Map<string, StandingRow>();
    const missing = new Set<string>();
    for (const { racer, kind, seq } of entries) {
      const key = `${kind} ${racer}`;
      const known = this.#remembered.get(key);
      if (known !== undefined && known.seq === seq) rows.set(key, known);
      else missing.add(racer);
    }
    if (missing.size === 0) return rows;
    const read = await this.#db
      .selectFrom('leaderboard_standings')
      .selectAll()
      .where('board', '=', this.#board)
      .where('racer', 'in', [...missing])
      .execute();
    for (const row of read) {
      const key = `${row.kind} ${row.racer}`;
      rows.set(key, row);
      this.#remember(key, row);
    }
    return rows;
  }

  #remember(key: string, row: StandingRow): void {
    this.#remembered.delete(key);
    this.#remembered.set(key, row);
    if (this.#remembered.size <= mostRemembered) return;
    for (const oldest of this.#remembered.keys()) {
      this.#remembered.delete(oldest);
      break;
    }
  }

  get #db(): Kysely<LeaderboardTables> {
    return this.#store.reading<LeaderboardTables>();
  }
}

/** A row as it leaves. */
export function rowOf({ rank, standing }: ReadRow) {
  return {
    rank,
    racer: standing.racer,
    alias: standing.alias,
    ...(standing.country === null ? {} : { country: standing.country }),
    ...(standing.division === null ? {} : { division: standing.division }),
    kind: standing.kind,
    score: standing.score ?? 0,
    bestLap: standing.best_lap ?? 0,
    scoreText: lapTime(standing.score ?? 0),
    bestLapText: lapTime(standing.best_lap ?? 0),
    laps: standing.laps ?? 0,
    uncertainty: standing.uncertainty ?? 0,
    resultId: standing.result_id ?? '',
    model:
      standing.model_hash === null || standing.model_name === null
        ? null
        : { hash: standing.model_hash, name: standing.model_name },
    finishedAt: standing.finished_at ?? 0,
    ...(standing.imported === 1 ? { imported: true as const } : {}),
  };
}

export const unrankedOf = ({ racer, alias, country, kind }: StandingRow) => ({
  racer,
  alias,
  ...(country === null ? {} : { country }),
  kind,
});

export const heading = (board: Board) => ({
  leaderboard: board.id,
  name: board.name,
  metric: metricInWords(board.ranking),
});
