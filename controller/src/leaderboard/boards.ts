import { PitwallError, parseJson } from '@pitwall/protocol';
import { Board } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { Store } from '../store/index.js';
import type { LeaderboardTables } from './tables.js';

/** By their texts: lists show all boards, and the same ones again and again. */
const parsed = new LRUCache<string, Board>({ max: 2000 });

export function boardFrom(id: string, settings: string): Board {
  const known =
    parsed.get(settings) ?? parseJson(Board, settings, `The settings of leaderboard ${id}`, 'internal-error');
  parsed.set(settings, known);
  return known;
}

export const noBoard = (id: string): PitwallError =>
  new PitwallError('not-found', `There is no leaderboard ${id}; create it with POST.`);

/** Asked of what is new; what was stored before stays readable. */
function demandSensible({ plausible }: Board): void {
  if (plausible !== null && plausible.min > plausible.max)
    throw new PitwallError('message-invalid', 'The plausible times are not valid: min must not be above max.', {
      details: { fields: ['plausible.min'] },
    });
}

async function hasResults(db: Kysely<LeaderboardTables>, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('leaderboard_results')
    .select('result_id')
    .where('board', '=', id)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Locks a board for the rest of the transaction, on either engine, and reads it. @throws PitwallError `not-found`. */
export async function lockBoard(db: Kysely<LeaderboardTables>, id: string) {
  const row = await db
    .updateTable('leaderboard_boards')
    .set((to) => ({ head: to.ref('head') }))
    .where('id', '=', id)
    .returning(['settings', 'head'])
    .executeTakeFirst();
  if (row === undefined) throw noBoard(id);
  return { board: boardFrom(id, row.settings), head: row.head };
}

export async function saveHead(db: Kysely<LeaderboardTables>, id: string, head: number): Promise<void> {
  await db.updateTable('leaderboard_boards').set({ head }).where('id', '=', id).execute();
}

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

  /** @throws PitwallError `board-exists`, `message-invalid`. */
  async create(board: Board): Promise<Board> {
    demandSensible(board);
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
    demandSensible(board);
    await this.#db.transaction().execute(async (db) => {
      // Nobody writes a first result meanwhile.
      const { board: before } = await lockBoard(db, board.id);
      const reranks =
        JSON.stringify(before.ranking) !== JSON.stringify(board.ranking) || before.qualifying !== board.qualifying;
      if (reranks && (await hasResults(db, board.id)))
        throw new PitwallError(
          'board-frozen',
          `Leaderboard ${board.id} has results, so how it ranks cannot change; make another board.`,
        );
      await db
        .updateTable('leaderboard_boards')
        .set({ settings: JSON.stringify(board) })
        .where('id', '=', board.id)
        .execute();
    });
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

  get #db(): Kysely<LeaderboardTables> {
    return this.#store.as<LeaderboardTables>();
  }
}
