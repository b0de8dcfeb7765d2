import { PitwallError, parseJson } from '@pitwall/protocol';
import { Season, type SeasonStandings, type StandingsRow } from '@pitwall/protocol/api';
import { seasonStandings } from '@pitwall/protocol/ranking';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import { type Column, type Filter, unfiltered } from './standing-index.js';
import type { LeaderboardTables } from './tables.js';

/** A board's name, and the first so many of a column of it. @throws PitwallError `not-found`. */
export type Top = (
  leaderboard: string,
  column: Column,
  filter: Filter,
  limit: number,
) => Promise<{ name: string; rows: StandingsRow[] }>;

/** Seasons: which races, and what places are worth. Their standings follow from the boards as they are now. */
export class Seasons {
  readonly #store: Store;
  readonly #top: Top;

  constructor(store: Store, top: Top) {
    this.#store = store;
    this.#top = top;
  }

  /** Makes a season, or changes it. @throws PitwallError `not-found` of a board. */
  async put(season: Season): Promise<Season> {
    for (const { leaderboard } of season.races) await this.#top(leaderboard, 'physical', unfiltered, 0);
    const settings = JSON.stringify(season);
    await this.#db
      .insertInto('leaderboard_seasons')
      .values({ id: season.id, settings })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ settings }))
      .execute();
    return season;
  }

  async list(): Promise<Season[]> {
    const rows = await this.#reading.selectFrom('leaderboard_seasons').selectAll().orderBy('id').execute();
    return rows.map(({ id, settings }) => seasonFrom(id, settings));
  }

  /** @throws PitwallError `not-found`. */
  async get(id: string): Promise<Season> {
    const row = await this.#reading
      .selectFrom('leaderboard_seasons')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    if (row === undefined) throw noSeason(id);
    return seasonFrom(id, row.settings);
  }

  /** Points as the boards stand now. */
  async standings(season: Season): Promise<SeasonStandings> {
    const aliases = new Map<string, string>();
    const races = [];
    const orders = [];
    for (const race of season.races) {
      const { leaderboard, column, country = null, division = null } = race;
      const { name, rows } = await this.#top(leaderboard, column, { country, division }, season.points.length);
      for (const { racer, alias } of rows) aliases.set(racer, alias);
      races.push({ ...race, name });
      orders.push({ leaderboard, order: rows.map(({ racer }) => racer) });
    }
    const rows = seasonStandings(orders, season).map((row) => ({ ...row, alias: aliases.get(row.racer) ?? row.racer }));
    const { id, name, points, bestOf } = season;
    return { season: id, name, points, bestOf, races, rows: rows as SeasonStandings['rows'] };
  }

  get #db(): Kysely<LeaderboardTables> {
    return this.#store.as<LeaderboardTables>();
  }

  get #reading(): Kysely<LeaderboardTables> {
    return this.#store.reading<LeaderboardTables>();
  }
}

export const noSeason = (id: string): PitwallError =>
  new PitwallError('not-found', `There is no season ${id}; make it with PUT.`);

const seasonFrom = (id: string, settings: string): Season =>
  parseJson(Season, settings, `The settings of season ${id}`, 'internal-error');
