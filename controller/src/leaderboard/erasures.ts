import { neutralName } from '@pitwall/protocol';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import { lockBoard, saveHead } from './boards.js';
import { neutralBody, resultIn } from './candidate.js';
import { isAmong } from './rows.js';
import { Touches, writeStandings } from './standings-write.js';
import type { LeaderboardTables } from './tables.js';

interface Told {
  /** A board has changed. */
  readonly committed: (board: string) => void;
  /** What was read before does not hold. */
  readonly erased: () => void;
}

/** Takes racers' names out of boards. What comes later under the same id is kept under the neutral name, too. */
export class Erasures {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #told: Told;

  constructor(store: Store, now: () => number, told: Told) {
    this.#store = store;
    this.#now = now;
    this.#told = told;
  }

  /** Who was deleted here, to the end. */
  async done(): Promise<ReadonlySet<string>> {
    const rows = await this.#reading
      .selectFrom('leaderboard_erased')
      .select('racer')
      .where('source', '=', '')
      .where('done', '=', 1)
      .execute();
    return new Set(rows.map(({ racer }) => racer));
  }

  async finish(racer: string): Promise<void> {
    await this.#db
      .updateTable('leaderboard_erased')
      .set({ done: 1 })
      .where('racer', '=', racer)
      .where('source', '=', '')
      .execute();
  }

  /**
   * `source`: what it called the racer alone. From the first step on, what comes in is kept under the neutral name. Again it
   * changes nothing, and goes on where it was interrupted.
   */
  async erase(racer: string, source: string | null = null): Promise<void> {
    await this.#db
      .insertInto('leaderboard_erased')
      .values({ racer, source: source ?? '', at: this.#now(), done: 0 })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    if (source === null) await this.#eraseRacer(racer);
    for (const { id } of await this.#reading.selectFrom('leaderboard_boards').select('id').execute())
      if (await this.#eraseOn(id, racer, source)) this.#told.committed(id);
    this.#told.erased();
    await this.#store.scrub();
  }

  /** The id stays; the alias is free for somebody else. */
  async #eraseRacer(racer: string): Promise<void> {
    await this.#db.deleteFrom('leaderboard_portraits').where('racer', '=', racer).execute();
    // No alias can be this: it begins with a control character.
    const none = `\u0001${racer}`;
    await this.#db
      .updateTable('leaderboard_racers')
      .set({
        alias: neutralName(racer),
        alias_key: none,
        alias_look: none,
        country: null,
        division: null,
        colour: null,
      })
      .where('id', '=', racer)
      .execute();
  }

  /** Whether anything changed. */
  async #eraseOn(board: string, racer: string, source: string | null): Promise<boolean> {
    const { engine } = this.#store;
    return await this.#db.transaction().execute(async (db) => {
      const { head } = await lockBoard(db, board);
      const rows = await db
        .selectFrom('leaderboard_results')
        .select(['result_id', 'kind', 'body'])
        .where('board', '=', board)
        .where('racer', '=', racer)
        .$if(source !== null, (query) => query.where('source', '=', source ?? ''))
        .execute();
      const touches = new Touches();
      for (const { result_id, kind, body } of rows) {
        const neutral = neutralBody(body, racer);
        const model_name = resultIn(neutral).model?.name ?? null;
        await db
          .updateTable('leaderboard_results')
          .set({ body: neutral, model_name })
          .where('board', '=', board)
          .where('result_id', '=', result_id)
          .execute();
        touches.taken(racer, kind);
      }
      await this.#eraseHistory(
        db,
        board,
        racer,
        rows.map(({ result_id }) => result_id),
      );
      const next = await writeStandings({ db, engine }, board, head, touches);
      if (next !== head) await saveHead(db, board, next);
      if (rows.length > 0)
        await db
          .updateTable('leaderboard_standings')
          .set({ alias: neutralName(racer), country: null, division: null })
          .where('board', '=', board)
          .where('racer', '=', racer)
          .where('present', '=', 0)
          .execute();
      return next !== head;
    });
  }

  /** What results were before they were amended. */
  async #eraseHistory(
    db: Kysely<LeaderboardTables>,
    board: string,
    racer: string,
    results: readonly string[],
  ): Promise<void> {
    const past = await db
      .selectFrom('leaderboard_history')
      .select(['result_id', 'body'])
      .where('board', '=', board)
      .where(isAmong(this.#store, 'result_id', results))
      .execute();
    for (const { result_id, body } of past)
      await db
        .updateTable('leaderboard_history')
        .set({ body: neutralBody(body, racer) })
        .where('board', '=', board)
        .where('result_id', '=', result_id)
        .where('body', '=', body)
        .execute();
  }

  get #reading(): Kysely<LeaderboardTables> {
    return this.#store.reading<LeaderboardTables>();
  }

  get #db(): Kysely<LeaderboardTables> {
    return this.#store.as<LeaderboardTables>();
  }
}
