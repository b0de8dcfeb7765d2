import type { RacerId } from '@pitwall/protocol';
import type {
  BoardChange,
  BoardChanges,
  HeldResults,
  IngestOutcome,
  KeptResult,
  PastRevision,
  Place,
  Standings,
  StandingsRow,
} from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import { Boards } from './boards.js';
import type { CardSigner } from './cards.js';
import { BoardWatch } from './change-watch.js';
import { Ingest } from './ingest.js';
import { SourceKeys } from './keys.js';
import type { Incoming } from './ledger.js';
import { Portraits } from './portraits.js';
import { RacerHistory } from './racer-history.js';
import { racersCalled } from './racer-search.js';
import { Racers } from './racers.js';
import { heldResults, resultsOf, resultWithHistory, waitingResults } from './results-read.js';
import { isAmong } from './rows.js';
import { Seasons } from './seasons.js';
import { type Decided, Staff } from './staff.js';
import { type Column, type Filter, unfiltered } from './standing-index.js';
import { type StandingsQuery, standingsPage } from './standings-page.js';
import { BoardReader, rowOf } from './standings-read.js';
import { Statistics } from './statistics.js';
import type { LeaderboardTables, ResultState, StandingRow } from './tables.js';
import { everything, type Visibility } from './visibility.js';
import type { TargetOptions } from './webhook-target.js';
import { Webhooks } from './webhooks.js';

export interface LeaderboardOptions {
  /** Wall clock, ms. */
  readonly now?: () => number;
  /** 0 to 1. */
  readonly random?: () => number;
  /** Signs racers' cards; without it there are none. */
  readonly cards?: CardSigner;
  /** What is shown across boards; without it, all of them. */
  readonly visibility?: Visibility;
  /** Where webhooks may go. */
  readonly targets?: TargetOptions;
}

/** The leaderboard service: boards, the results they take, and what they show. */
export class Leaderboards {
  readonly boards: Boards;
  readonly keys: SourceKeys;
  readonly racers: Racers;
  readonly seasons: Seasons;
  readonly webhooks: Webhooks;
  readonly portraits: Portraits;
  readonly visibility: Visibility;
  readonly history: RacerHistory;
  readonly statistics: Statistics;
  readonly #store: Store;
  readonly #ingest: Ingest;
  readonly #staff: Staff;
  readonly #readers = new Map<string, BoardReader>();
  readonly #watches = new Map<string, BoardWatch>();

  constructor(
    store: Store,
    { now = Date.now, random = Math.random, cards, visibility = everything, targets = {} }: LeaderboardOptions = {},
  ) {
    this.#store = store;
    this.boards = new Boards(store, now);
    this.keys = new SourceKeys(store, now);
    const changes = (...asked: Parameters<Leaderboards['changes']>) => this.changes(...asked);
    this.webhooks = new Webhooks({ store, changes, now, random, targets });
    const committed = (board: string) => {
      this.#watches.get(board)?.poke();
      this.webhooks.wake();
    };
    this.#ingest = new Ingest(store, now, committed);
    this.#staff = new Staff(store, now, committed);
    this.seasons = new Seasons(store, (...asked) => this.#top(...asked));
    this.racers = new Racers(store, now, committed, cards);
    this.portraits = new Portraits(store, now);
    this.visibility = visibility;
    this.history = new RacerHistory(store, visibility, this.portraits);
    this.statistics = new Statistics(store, visibility, now);
  }

  /** Answers after the commit. @throws PitwallError of what the result is refused for. */
  async ingest(board: string, incoming: Incoming): Promise<IngestOutcome> {
    return await this.#ingest.take(board, incoming);
  }

  /** A page of each column, or the next of one. @throws PitwallError `not-found`, `message-invalid`. */
  async standings(id: string, { filter = unfiltered, limit, cursor }: StandingsQuery): Promise<Standings> {
    const board = await this.boards.get(id);
    const reader = await this.#reader(id);
    const key = JSON.stringify([limit, cursor, filter.country, filter.division, board, this.portraits.version]);
    return await reader.kept(
      key,
      async () => await this.#withLooks(await standingsPage(board, reader, { filter, limit, cursor })),
    );
  }

  /** A racer's place in each column, with so many neighbours above and below. @throws PitwallError `not-found`. */
  async places(id: string, racer: string, neighbours: number, filter: Filter = unfiltered): Promise<Place[]> {
    const board = await this.boards.get(id);
    const reader = await this.#reader(id);
    const columns: Column[] = board.combined ? ['physical', 'virtual', 'combined'] : ['physical', 'virtual'];
    const places: Place[] = [];
    for (const column of columns) {
      const entry = reader.entry(column, racer);
      if (entry === undefined) continue;
      const from = () =>
        Math.max(0, reader.countBefore(column, filter, reader.entry(column, racer) ?? entry) - neighbours);
      const rows = await reader.rows(column, filter, from, 2 * neighbours + 1);
      const all = rows.map(rowOf) as StandingsRow[];
      const at = all.findIndex((row) => row.racer === racer);
      const row = all[at];
      if (row === undefined) continue;
      const below = all.slice(at + 1, at + 1 + neighbours);
      places.push({ column, of: reader.size(column, filter), row, above: all.slice(0, at), below });
    }
    return places;
  }

  /** Where racers stand in a column; of those who do not, nothing. @throws PitwallError `not-found`. */
  async ranks(id: string, column: Column, racers: readonly string[]) {
    await this.boards.get(id);
    const reader = await this.#reader(id);
    const of = reader.size(column, unfiltered);
    return new Map(
      racers.flatMap((racer) => {
        const entry = reader.entry(column, racer);
        if (entry === undefined) return [];
        const rank = reader.countBefore(column, unfiltered, entry) + 1;
        return [[racer, { rank, of, resultId: entry.resultId }] as const];
      }),
    );
  }

  /** What became of results; of those that have not come, nothing. */
  async states(id: string, results: readonly string[]): Promise<ReadonlyMap<string, ResultState>> {
    const rows = await this.#db
      .selectFrom('leaderboard_results')
      .select(['result_id', 'state'])
      .where('board', '=', id)
      .where(isAmong(this.#store, 'result_id', results))
      .execute();
    return new Map(rows.map(({ result_id, state }) => [result_id, state]));
  }

  /** Who is on the board under a name that begins so, or under that id. @throws PitwallError `not-found`. */
  async called(id: string, name: string): Promise<{ racer: RacerId; alias: string }[]> {
    await this.boards.get(id);
    return await racersCalled(this.#db, this.#store.engine, id, name);
  }

  /** What changed after `since`. @throws PitwallError `not-found`. */
  async changes(id: string, since: number, limit: number): Promise<BoardChanges> {
    await this.boards.get(id);
    const reader = await this.#reader(id);
    const rows = await reader.changes(since, limit);
    const changes = rows.map((standing) => changeOf(standing, reader.rankOf(standing)));
    return {
      leaderboard: id as BoardChanges['leaderboard'],
      changes,
      next: rows.at(-1)?.seq ?? since,
      more: rows.length === limit,
    };
  }

  /** Changes after `since` as they come, until the signal aborts. Who is slow gets the latest state, not every step. */
  async *follow(id: string, since: number, signal: AbortSignal): AsyncGenerator<BoardChanges> {
    let next = since;
    // Only a board that there is is watched: whoever asks for others leaves nothing behind.
    await this.boards.get(id);
    const watch = this.#watch(id);
    while (!signal.aborted) {
      const page = await this.changes(id, next, 500);
      next = page.next;
      if (page.changes.length > 0) yield page;
      else await watch.after(next, signal);
    }
  }

  /** The cursor of now. @throws PitwallError `not-found`. */
  async head(id: string): Promise<number> {
    await this.boards.get(id);
    return (await this.#reader(id)).seq;
  }

  /** How many results the board has, whatever their state. */
  async count(id: string): Promise<number> {
    await this.boards.get(id);
    const row = await this.#db
      .selectFrom('leaderboard_results')
      .select((to) => to.fn.countAll<number>().as('count'))
      .where('board', '=', id)
      .executeTakeFirstOrThrow();
    return Number(row.count);
  }

  async resultsOf(
    id: string,
    racer: string,
    cursor: string | undefined,
    limit: number,
  ): Promise<{ results: KeptResult[]; next: string | null }> {
    await this.boards.get(id);
    return await resultsOf(this.#db, id, racer, cursor, limit);
  }

  async result(id: string, resultId: string): Promise<{ current: KeptResult; history: PastRevision[] }> {
    return await resultWithHistory(this.#db, id, resultId);
  }

  async held(id: string, cursor: string | undefined, limit: number): Promise<HeldResults> {
    await this.boards.get(id);
    return await heldResults(this.#db, id, cursor, limit);
  }

  /** How many results wait for a person, by board; boards without any are left out. */
  async waiting(): Promise<ReadonlyMap<string, number>> {
    return await waitingResults(this.#db);
  }

  /** A person's word on a result. @throws PitwallError `not-found`, `result-conflict`. */
  async decide(id: string, resultId: string, decision: Decided, actor: string): Promise<void> {
    await this.#staff.decide(id, resultId, decision, actor);
  }

  start(): void {
    this.webhooks.start();
  }

  /** Finishes what was taken. */
  async stop(): Promise<void> {
    await this.#ingest.idle();
    await this.webhooks.stop();
  }

  async #withLooks(page: Standings): Promise<Standings> {
    const { physical, virtual, combined } = page;
    const rows = await this.portraits.beside([...physical, ...virtual, ...(combined ?? [])]);
    return {
      ...page,
      physical: rows.splice(0, physical.length),
      virtual: rows.splice(0, virtual.length),
      ...(combined === undefined ? {} : { combined: rows }),
    };
  }

  async #top(id: string, column: Column, filter: Filter, limit: number) {
    const { name } = await this.boards.get(id);
    const reader = await this.#reader(id);
    return { name, rows: (await reader.rows(column, filter, () => 0, limit)).map(rowOf) as StandingsRow[] };
  }

  async #reader(id: string): Promise<BoardReader> {
    const reader = this.#readers.get(id) ?? new BoardReader(this.#store, id);
    this.#readers.set(id, reader);
    await reader.sync();
    return reader;
  }

  #watch(id: string): BoardWatch {
    const watch = this.#watches.get(id) ?? new BoardWatch(async () => (await this.#reader(id)).seq);
    this.#watches.set(id, watch);
    return watch;
  }

  get #db(): Kysely<LeaderboardTables> {
    return this.#store.reading<LeaderboardTables>();
  }
}

function changeOf(standing: StandingRow, rank: number | undefined): BoardChange {
  const { seq, racer, kind } = standing;
  return { seq, racer, kind, row: rank === undefined ? null : rowOf({ rank, standing }) } as BoardChange;
}
