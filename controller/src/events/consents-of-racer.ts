import type { Store } from '../store/index.js';
import type { EventTables } from './tables.js';

/** Who consented for a racer under age: for the racer, and to be taken away. */
export class ConsentsOfRacer {
  readonly name = 'consents';
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async kept(racer: string): Promise<EventTables['event_minors'][]> {
    return await this.#store
      .reading<EventTables>()
      .selectFrom('event_minors')
      .selectAll()
      .where('racer', '=', racer)
      .execute();
  }

  async erase(racer: string): Promise<void> {
    await this.#store.as<EventTables>().deleteFrom('event_minors').where('racer', '=', racer).execute();
  }
}
