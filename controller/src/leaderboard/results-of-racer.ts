import type { Store } from '../store/index.js';
import type { Erasures } from './erasures.js';
import type { Portraits } from './portraits.js';
import { keptOf } from './results-read.js';
import type { LeaderboardTables } from './tables.js';

/** What boards keep of a racer: for the racer, and to be taken away. */
export class ResultsOfRacer {
  readonly name = 'results';
  readonly #store: Store;
  readonly #erasures: Pick<Erasures, 'erase'>;
  readonly #portraits: Pick<Portraits, 'hashOf' | 'get'>;

  constructor(store: Store, erasures: Pick<Erasures, 'erase'>, portraits: Pick<Portraits, 'hashOf' | 'get'>) {
    this.#store = store;
    this.#erasures = erasures;
    this.#portraits = portraits;
  }

  async kept(racer: string) {
    const db = this.#store.reading<LeaderboardTables>();
    const known = await db.selectFrom('leaderboard_racers').selectAll().where('id', '=', racer).executeTakeFirst();
    const rows = await db
      .selectFrom('leaderboard_results')
      .selectAll()
      .where('racer', '=', racer)
      .orderBy('finished_at')
      .execute();
    if (known === undefined && rows.length === 0) return undefined;
    const { alias_key: _, alias_look: _look, ...shown } = known ?? { alias_key: '', alias_look: '' };
    return {
      racer: known === undefined ? null : shown,
      results: rows.map((row) => ({ leaderboard: row.board, ...keptOf(row) })),
    };
  }

  async *files(racer: string): AsyncGenerator<{ name: string; bytes: number; content: Buffer }> {
    const hash = await this.#portraits.hashOf(racer);
    if (hash === undefined) return;
    const content = await this.#portraits.get(racer, hash);
    yield { name: 'picture.webp', bytes: content.length, content };
  }

  async erase(racer: string): Promise<void> {
    await this.#erasures.erase(racer);
  }
}
