import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import type { Accounts } from './accounts.js';
import type { People } from './people.js';
import type { PeopleTables } from './people-tables.js';

/** The account of who races under an id: for its owner, and to be taken away. */
export class AccountOfRacer {
  readonly name = 'account';
  readonly #store: Store;
  readonly #accounts: Accounts;
  readonly #people: People;
  /** Where else people sign in: in the hall. */
  readonly #others: readonly People[];

  constructor(
    store: Store,
    { accounts, people, others }: { accounts: Accounts; people: People; others: readonly People[] },
  ) {
    this.#store = store;
    this.#accounts = accounts;
    this.#people = people;
    this.#others = others;
  }

  async kept(racer: string) {
    const person = await this.#people.byRacer(racer);
    if (person === undefined) return undefined;
    const { id, alias, role } = person;
    const reading = this.#store.reading<PeopleTables>();
    const { email, created_at } = await reading
      .selectFrom('people')
      .select(['email', 'created_at'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return {
      id,
      alias,
      role,
      // Who gave none has one that nobody has.
      email: email.endsWith('@people.invalid') ? null : email,
      since: created_at,
      devices: await this.#people.sessions.devices({ name: racer, role, person: id }),
      password: (await this.#people.hasPassword(id)) ? 'kept as argon2id alone' : null,
      passkeys: await this.#people.passkeys.list(id),
      providers: await reading
        .selectFrom('people_logins')
        .select(['provider', 'subject'])
        .where('person', '=', id)
        .where('provider', '!=', 'credential')
        .execute(),
    };
  }

  /** @throws PitwallError `last-administrator` */
  async demandErasable(racer: string): Promise<void> {
    const person = await this.#people.byRacer(racer);
    if (person !== undefined) await this.#people.demandNotLast(person);
  }

  /** Signed out at once, everywhere; links and tokens of theirs open nothing any more. */
  async erase(racer: string): Promise<void> {
    await this.#accounts.revoke({ name: racer, role: 'racer' });
    const person = await this.#people.byRacer(racer);
    await this.#db.deleteFrom('people_links').where('person', '=', racer).execute();
    if (person === undefined) return;
    const { id } = person;
    await this.#db.transaction().execute(async (db) => {
      await db.deleteFrom('people_sessions').where('person', '=', id).execute();
      await db.deleteFrom('people_passkeys').where('person', '=', id).execute();
      await db.deleteFrom('people_logins').where('person', '=', id).execute();
      await db.deleteFrom('people_links').where('person', '=', id).execute();
      await db.deleteFrom('people').where('id', '=', id).execute();
    });
    for (const people of [this.#people, ...this.#others]) people.sessions.changes.tell({ person: id });
  }

  get #db(): Kysely<PeopleTables> {
    return this.#store.as<PeopleTables>();
  }
}
