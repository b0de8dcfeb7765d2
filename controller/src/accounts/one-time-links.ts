import { createHash, randomBytes } from 'node:crypto';
import { PitwallError } from '@pitwall/protocol';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import type { PeopleTables } from './people-tables.js';

const digest = (key: string): string => createHash('sha256').update(key).digest('hex');

type Purpose = PeopleTables['people_links']['purpose'];

/** How long a link is good, ms. */
const lasts: Readonly<Record<Purpose, number>> = {
  'first-administrator': 1_800_000,
  recovery: 86_400_000,
  // A card in a pocket is found again after some days.
  claim: 30 * 86_400_000,
};

/** Keys in links that are good once and for a while; only their hashes are stored. */
export class OneTimeLinks {
  readonly #store: Store;
  readonly #now: () => number;

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** A new key; those made before for the same purpose and person are good no more. */
  async make(purpose: Purpose, person: string | null): Promise<{ key: string; expiresAt: number }> {
    const key = randomBytes(24).toString('base64url');
    const expiresAt = this.#now() + lasts[purpose];
    await this.#db.transaction().execute(async (db) => {
      await db
        .deleteFrom('people_links')
        .where('purpose', '=', purpose)
        .where('person', person === null ? 'is' : '=', person)
        .execute();
      await db
        .insertInto('people_links')
        .values({ key_sha256: digest(key), purpose, person, expires_at: expiresAt, used_at: null })
        .execute();
    });
    return { key, expiresAt };
  }

  /** Uses the key up; answers whom it is for. @throws PitwallError `link-used` where it is not good, or not any more. */
  async use(purpose: Purpose, key: string): Promise<string | null> {
    const now = this.#now();
    // One statement: of two who come at once, one gets it.
    const { numUpdatedRows } = await this.#db
      .updateTable('people_links')
      .set({ used_at: now })
      .where('key_sha256', '=', digest(key))
      .where('purpose', '=', purpose)
      .where('used_at', 'is', null)
      .where('expires_at', '>', now)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows !== 1n)
      throw new PitwallError(
        'link-used',
        'This link was used already, is too old, or a newer one was made: ask for a new one.',
      );
    const { person } = await this.#db
      .selectFrom('people_links')
      .select('person')
      .where('key_sha256', '=', digest(key))
      .executeTakeFirstOrThrow();
    return person;
  }

  get #db(): Kysely<PeopleTables> {
    return this.#store.as<PeopleTables>();
  }
}
