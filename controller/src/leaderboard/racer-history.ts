import { PitwallError } from '@pitwall/protocol';
import { aliasKeys } from '@pitwall/protocol/alias-skeleton';
import type { PastResult, RacerProfile, RacerResults } from '@pitwall/protocol/api';
import { type Kysely, sql } from 'kysely';
import type { Store } from '../store/index.js';
import { boardFrom } from './boards.js';
import type { Portraits } from './portraits.js';
import { readAt } from './results-read.js';
import { isAmong } from './rows.js';
import type { LeaderboardTables, ResultRow, ResultState } from './tables.js';
import type { Visibility } from './visibility.js';

const mostTracks = 100;
const mostCalled = 20;
/** As it stands in the indexes: of a parameter a planner does not know that it is that. */
const counted = sql.lit<ResultState>('counted');

/** A racer's results across all boards that everybody may see, and who is called so on any of them. */
export class RacerHistory {
  readonly #store: Store;
  readonly #visibility: Visibility;
  readonly #portraits: Pick<Portraits, 'hashOf'>;

  constructor(store: Store, visibility: Visibility, portraits: Pick<Portraits, 'hashOf'>) {
    this.#store = store;
    this.#visibility = visibility;
    this.#portraits = portraits;
  }

  /** @throws PitwallError `not-found`. */
  async profile(id: string): Promise<RacerProfile> {
    const hidden = await this.#visibility.hiddenBoards();
    const racer = (await this.#issued(id)) ?? (await this.#seen(id, hidden));
    if (racer === undefined) throw new PitwallError('not-found', `There is no racer ${id}.`);
    const rows = await this.#counted(racer.racer, hidden)
      .select(['track', 'track_version', 'direction', 'kind'])
      .select((to) => [to.fn.min('best_lap').as('best'), to.fn.countAll<number>().as('results')])
      .groupBy(['track', 'track_version', 'direction', 'kind'])
      .execute();
    const bests = await Promise.all(
      rows
        .filter(({ track, best }) => track !== null && best !== null)
        .sort((a, b) => Number(b.results) - Number(a.results) || (a.track as string).localeCompare(b.track as string))
        .slice(0, mostTracks)
        .map(async (row) => ({
          ...(await this.#trackOf(row)),
          kind: row.kind,
          bestLap: Number(row.best),
          results: Number(row.results),
        })),
    );
    const results = rows.reduce((sum, row) => sum + Number(row.results), 0);
    const picture = await this.#portraits.hashOf(racer.racer);
    return { ...racer, ...(picture === undefined ? {} : { picture }), results, bests } as RacerProfile;
  }

  /** The latest first. @throws PitwallError `message-invalid` of the cursor. */
  async results(id: string, cursor: string | undefined, limit: number): Promise<RacerResults> {
    const racer = (await this.#issued(id))?.racer ?? id;
    const hidden = await this.#visibility.hiddenBoards();
    const { at, id: last } = cursor === undefined ? { at: Number.MAX_SAFE_INTEGER, id: '' } : readAt(cursor);
    const rows = await this.#counted(racer, hidden)
      .select(['board', 'result_id', 'kind', 'source', 'score', 'best_lap', 'finished_at'])
      .select(['race', 'track', 'track_version', 'direction', 'model_name', 'imported'])
      .where((to) =>
        to.or([to('finished_at', '<', at), to.and([to('finished_at', '=', at), to('result_id', '<', last)])]),
      )
      .orderBy('finished_at', 'desc')
      .orderBy('result_id', 'desc')
      .limit(limit)
      .execute();
    const names = await this.#boardNames(rows.map(({ board }) => board));
    const events = await this.#visibility.eventsOf(rows);
    const results = await Promise.all(
      rows.map(async (row, index) => ({
        leaderboard: row.board,
        name: names.get(row.board) ?? row.board,
        event: events[index] ?? null,
        resultId: row.result_id,
        kind: row.kind,
        ...(await this.#trackOf(row)),
        score: row.score,
        bestLap: row.best_lap,
        model: row.model_name,
        ...(row.imported === 1 ? { imported: true as const } : {}),
        finishedAt: row.finished_at,
      })),
    );
    const end = rows.length === limit ? rows.at(-1) : undefined;
    return {
      results: results as PastResult[],
      next: end === undefined ? null : `${end.finished_at}.${end.result_id}`,
    };
  }

  /** Racers with results whose alias begins so; twenty at most. */
  async called(name: string): Promise<{ racer: string; alias: string }[]> {
    const { key } = aliasKeys(name);
    const hidden = await this.#visibility.hiddenBoards();
    // The engine's own order may not be that of bytes, by which what begins so lies together.
    const ordered = this.#store.engine === 'postgres' ? sql<string>`alias_key collate "C"` : sql<string>`alias_key`;
    return await this.#db
      .selectFrom('leaderboard_racers')
      .select(['id as racer', 'alias'])
      .where(ordered, '>=', key)
      .where(ordered, '<', `${key}\u{10FFFF}`)
      .where('merged_into', 'is', null)
      .where((to) =>
        to.exists(
          to
            .selectFrom('leaderboard_results')
            .select('result_id')
            .whereRef('leaderboard_results.racer', '=', 'leaderboard_racers.id')
            .where('state', '=', counted)
            .where((also) => also.not(isAmong(this.#store, 'board', hidden))),
        ),
      )
      .orderBy(ordered)
      .limit(mostCalled)
      .execute();
  }

  #counted(racer: string, hidden: readonly string[]) {
    return this.#db
      .selectFrom('leaderboard_results')
      .where('racer', '=', racer)
      .where('state', '=', counted)
      .where((to) => to.not(isAmong(this.#store, 'board', hidden)));
  }

  /** Of whom was issued an id here; of a provisional one, the racer that they turned out to be. */
  async #issued(id: string): Promise<Pick<RacerProfile, 'racer' | 'alias' | 'country' | 'colour'> | undefined> {
    const row = await this.#db
      .selectFrom('leaderboard_racers')
      .select(['id', 'alias', 'country', 'colour', 'merged_into'])
      .where('id', '=', id)
      .executeTakeFirst();
    if (row?.merged_into != null) return await this.#issued(row.merged_into);
    return row === undefined ? undefined : named(row);
  }

  /** Of whom boards know by their results alone. */
  async #seen(id: string, hidden: readonly string[]) {
    const row = await this.#db
      .selectFrom('leaderboard_standings')
      .select(['racer as id', 'alias', 'country'])
      .where('racer', '=', id)
      .where('present', '=', 1)
      .where((to) => to.not(isAmong(this.#store, 'board', hidden)))
      .orderBy('finished_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? undefined : named({ ...row, colour: null });
  }

  async #trackOf({ track, track_version, direction }: Pick<ResultRow, 'track' | 'track_version' | 'direction'>) {
    const [id, version] = [track ?? '', track_version ?? 1];
    return {
      track: { id, version, direction },
      trackName: (await this.#visibility.track(id, version))?.name ?? id,
    };
  }

  async #boardNames(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#db
      .selectFrom('leaderboard_boards')
      .selectAll()
      .where(isAmong(this.#store, 'id', [...new Set(ids)]))
      .execute();
    return new Map(rows.map(({ id, settings }) => [id, boardFrom(id, settings).name]));
  }

  get #db(): Kysely<LeaderboardTables> {
    return this.#store.reading<LeaderboardTables>();
  }
}

const named = (row: { id: string; alias: string; country: string | null; colour: string | null }) =>
  ({
    racer: row.id,
    alias: row.alias,
    ...(row.country === null ? {} : { country: row.country }),
    ...(row.colour === null ? {} : { colour: row.colour }),
  }) as Pick<RacerProfile, 'racer' | 'alias' | 'country' | 'colour'>;
