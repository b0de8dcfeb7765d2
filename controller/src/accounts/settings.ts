import { parseJson } from '@pitwall/protocol';
import { Settings as Values } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import type { PeopleTables } from './people-tables.js';

const initial: Values = { organizing: 'anyone' };

/** What administrators decide for the whole controller. */
export class Settings {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async get(): Promise<Values> {
    const row = await this.#store
      .reading<PeopleTables>()
      .selectFrom('controller_settings')
      .select('body')
      .where('id', '=', 1)
      .executeTakeFirst();
    return row === undefined ? initial : parseJson(Values, row.body, 'The settings');
  }

  async set(values: Values): Promise<void> {
    const body = JSON.stringify(values);
    const db: Kysely<PeopleTables> = this.#store.as<PeopleTables>();
    await db
      .insertInto('controller_settings')
      .values({ id: 1, body })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ body }))
      .execute();
  }
}
