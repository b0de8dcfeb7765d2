import { PitwallError, parseJson } from '@pitwall/protocol';
import { Season, type SeasonStandings, type StandingsRow } from '@pitwall/protocol/api';
import { seasonStandings } from '@pitwall/protocol/ranking';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import type { Column, Filter } from './standing-index.js';
import type { LeaderboardTables } from './tables.js';

/** The first so many of a column of a board. */
export type Top = (leaderboard: string, column: Column, filter: Filter, limit: number) => Promise<StandingsRow[]>;

/** Seasons: which races, and what places are worth. Their standings follow from the boards as they are now. */
export class Seasons {
  readonly #store: Store;
  readonly #top: Top;

  constructor(store: Store, top: Top) {
    this.#store = store;
    this.#top = top;
  }

  /** Makes a season, or changes it. */
  async put(season: Season): Promise<Season> {
    const settings = JSON.stringify(season);
    await this.#db
      .insertInto('leaderboard_seasons')
      .values({ id: season.id, settings })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ settings }))
      .execute();
    return season;
  }

  async list(): Promise<Season[]> {
    const rows = await this.#db.selectFrom('leaderboard_seasons').selectAll().orderBy('id').execute();
    return rows.map(({ id, settings }) => seasonFrom(id, settings));
  }

  /** @throws PitwallError `not-found`, of the season or one of its boards. */
  async standings(id: string): Promise<SeasonStandings> {
    const row = await this.#db.selectFrom('leaderboard_seasons').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined) throw new PitwallError('not-found', `There is no season ${id}; make it with PUT.`);
    const season = seasonFrom(id, row.settings);
    const aliases = new Map<string, string>();
    const races = [];
    for (const { leaderboard, column, country = null, division = null } of season.races) {
      const rows = await this.#top(leaderboard, column, { country, division }, season.points.length);
      for (const { racer, alias } of rows) aliases.set(racer, alias);
      races.push({ leaderboard, order: rows.map(({ racer }) => racer) });
    }
    const rows = seasonStandings(races, season).map((row) => ({ ...row, alias: aliases.get(row.racer) ?? row.racer }));
    return { season: season.id, name: season.name, rows } as unknown as SeasonStandings;
  }

  get #db(): Kysely<LeaderboardTables> {
    return this.#store.as<LeaderboardTables>();
  }
}

const seasonFrom = (id: string, settings: string): Season =>
  parseJson(Season, settings, `The settings of season ${id}`, 'internal-error');
