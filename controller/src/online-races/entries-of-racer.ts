import { neutralName } from '@pitwall/protocol';
import type { Store } from '../store/index.js';
import type { OnlineRaceTables } from './tables.js';

/** What online races keep of who has entered: for the racer, and to be taken away. */
export class EntriesOfRacer {
  readonly name = 'onlineEntries';
  readonly #store: Store;
  readonly #changed: (race: string) => void;

  constructor(store: Store, changed: (race: string) => void) {
    this.#store = store;
    this.#changed = changed;
  }

  async kept(racer: string): Promise<OnlineRaceTables['online_entries'][]> {
    return await this.#store
      .reading<OnlineRaceTables>()
      .selectFrom('online_entries')
      .selectAll()
      .where('racer', '=', racer)
      .orderBy('entered_at')
      .execute();
  }

  async erase(racer: string): Promise<void> {
    const rows = await this.#store
      .as<OnlineRaceTables>()
      .updateTable('online_entries')
      .set({ alias: neutralName(racer), country: null })
      .where('racer', '=', racer)
      .returning('race')
      .execute();
    for (const { race } of rows) this.#changed(race);
  }
}
