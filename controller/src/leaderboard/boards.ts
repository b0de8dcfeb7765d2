import { PitwallError, parseJson } from '@pitwall/protocol';
import { Board } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import type { LeaderboardTables } from './tables.js';

export const boardFrom = (id: string, settings: string): Board =>
  parseJson(Board, settings, `The settings of leaderboard ${id}`, 'internal-error');

export const noBoard = (id: string): PitwallError =>
  new PitwallError('not-found', `There is no leaderboard ${id}; create it with POST.`);

/** A change made by another process shows in reads after so long, ms. Writing reads the settings each time. */
const trustedFor = 1000;

/** The leaderboards and their settings. */
export class Boards {
  readonly #known = new Map<string, { readonly board: Board; readonly readAt: number }>();
  readonly #store: Store;
  readonly #now: () => number;

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** @throws PitwallError `board-exists`. */
  async create(board: Board): Promise<Board> {
    const { numInsertedOrUpdatedRows } = await this.#db
      .insertInto('leaderboard_boards')
      .values({ id: board.id, settings: JSON.stringify(board), head: 0, created_at: this.#now() })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows === 0n)
      throw new PitwallError('board-exists', `Leaderboard ${board.id} exists already; change it with PUT.`);
    return board;
  }

  /** How results are ranked stays as it was once there are any. @throws PitwallError `not-found`, `board-frozen`. */
  async change(board: Board): Promise<Board> {
    this.#known.delete(board.id);
    const before = await this.get(board.id);
    const reranks =
      JSON.stringify(before.ranking) !== JSON.stringify(board.ranking) || before.qualifying !== board.qualifying;
    if (reranks && (await this.#hasResults(board.id)))
      throw new PitwallError(
        'board-frozen',
        `Leaderboard ${board.id} has results, so how it ranks cannot change; make another board.`,
      );
    await this.#db
      .updateTable('leaderboard_boards')
      .set({ settings: JSON.stringify(board) })
      .where('id', '=', board.id)
      .execute();
    this.#known.delete(board.id);
    return board;
  }

  /** @throws PitwallError `not-found`. */
  async get(id: string): Promise<Board> {
    const known = this.#known.get(id);
    const now = this.#now();
    if (known !== undefined && now - known.readAt < trustedFor) return known.board;
    const row = await this.#store
      .reading<LeaderboardTables>()
      .selectFrom('leaderboard_boards')
      .select('settings')
      .where('id', '=', id)
      .executeTakeFirst();
    if (row === undefined) throw noBoard(id);
    const board = boardFrom(id, row.settings);
    this.#known.set(id, { board, readAt: now });
    return board;
  }

  async list(): Promise<Board[]> {
    const rows = await this.#store
      .reading<LeaderboardTables>()
      .selectFrom('leaderboard_boards')
      .select(['id', 'settings'])
      .orderBy('id')
      .execute();
    return rows.map(({ id, settings }) => boardFrom(id, settings));
  }

  async #hasResults(id: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom('leaderboard_results')
      .select('result_id')
      .where('board', '=', id)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  get #db(): Kysely<LeaderboardTables> {
    return this.#store.as<LeaderboardTables>();
  }
}
