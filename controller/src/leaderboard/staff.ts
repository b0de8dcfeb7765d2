import { PitwallError } from '@pitwall/protocol';
import type { Store } from '../store/index.js';
import { lockBoard, saveHead } from './boards.js';
import { historyRow } from './history-row.js';
import { Touches, writeStandings } from './standings-write.js';
import type { LeaderboardTables } from './tables.js';

/** A person's word on one revision of a result: the one that was looked at. */
export interface Decided {
  readonly decision: 'approve' | 'reject';
  readonly revision: number;
}

/** What people decide about results: each decision is kept with who made it, and can be made again the other way. */
export class Staff {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #committed: (board: string) => void;

  constructor(store: Store, now: () => number, committed: (board: string) => void) {
    this.#store = store;
    this.#now = now;
    this.#committed = committed;
  }

  /**
   * Lets a result count, or not, whatever the rules said of it. What its source withdrew stays withdrawn.
   * @throws PitwallError `not-found`, `result-conflict`.
   */
  async decide(id: string, resultId: string, { decision, revision }: Decided, actor: string): Promise<void> {
    await this.#store
      .as<LeaderboardTables>()
      .transaction()
      .execute(async (db) => {
        const { head } = await lockBoard(db, id);
        const row = await db
          .selectFrom('leaderboard_results')
          .selectAll()
          .where('board', '=', id)
          .where('result_id', '=', resultId)
          .executeTakeFirst();
        if (row === undefined) throw new PitwallError('not-found', `Leaderboard ${id} has no result ${resultId}.`);
        if (row.revision !== revision)
          throw new PitwallError(
            'result-conflict',
            `Result ${resultId} is in revision ${row.revision} by now; look at that one before you decide.`,
          );
        if (row.state === 'withdrawn')
          throw new PitwallError(
            'result-conflict',
            `Result ${resultId} was withdrawn by its source, which alone can change that.`,
          );
        const state = decision === 'approve' ? 'counted' : 'rejected';
        if (row.state === state) return;
        const action = decision === 'approve' ? 'approved' : 'rejected';
        await db
          .insertInto('leaderboard_history')
          .values(historyRow(row, action, actor, this.#now()))
          .execute();
        await db
          .updateTable('leaderboard_results')
          .set({ state })
          .where('board', '=', id)
          .where('result_id', '=', resultId)
          .execute();
        const touches = new Touches();
        touches.taken(row.racer, row.kind);
        const next = await writeStandings({ db, engine: this.#store.engine }, id, head, touches);
        if (next !== head) await saveHead(db, id, next);
      });
    this.#committed(id);
  }
}
