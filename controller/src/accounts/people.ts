import { PitwallError } from '@pitwall/protocol';
import type { NewPasskey, NewRacer, PasskeyProof, Racer, UnnamedRacer } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import { limits } from '../limits/index.js';
import type { Store } from '../store/index.js';
import type { Principal, Role } from './accounts.js';
import { type Auth, hashPassword, isPassword, openAuth, secretOf } from './auth-library.js';
import { OneTimeLinks } from './one-time-links.js';
import { Passkeys } from './passkeys.js';
import type { PeopleTables, PersonRole } from './people-tables.js';
import { LoginProviders, type ProviderConfig, type ProviderLogin } from './providers.js';
import { type Person, Sessions, type SignedIn, type Visitor } from './sessions.js';
import { Settings } from './settings.js';
import { SignInLimit } from './sign-in-limit.js';

/** What people need of the racers: an alias belongs to one of them. */
export interface RacersOfPeople {
  issue(racer: UnnamedRacer, actor: string): Promise<Racer>;
  find(alias: string): Promise<Racer | undefined>;
  /** @throws PitwallError `not-found` */
  get(racer: string): Promise<Racer>;
}

export interface PeopleOptions {
  readonly store: Store;
  readonly racers: RacersOfPeople;
  /** In which roles somebody acts for a time beside what they are: by the racer's id. */
  readonly rolesBeside?: (racer: string) => Promise<readonly Role[]>;
  /** Cookies go over TLS alone. */
  readonly secure: boolean;
  /** Whose sessions these are: those of the hall's plain HTTP are good there alone. */
  readonly sessions?: 'sessions' | 'hall-sessions';
  readonly now?: () => number;
}

/** By what a person shows that it is they; with neither, by having signed in a moment ago. */
export interface OwnerProof {
  readonly password?: string | undefined;
  readonly passkey?: { readonly proof: PasskeyProof; readonly origin: string } | undefined;
}

/** Addresses that nobody has: for those who gave none (RFC 2606 keeps `.invalid` for that). */
const noEmail = (racer: string): string => `${racer}@people.invalid`;

/** People who sign in: their accounts, the ways in and back, and who may be what. */
export class People {
  readonly #store: Store;
  readonly #racers: RacersOfPeople;
  readonly #links: OneTimeLinks;
  readonly passkeys: Passkeys;
  readonly settings: Settings;
  readonly #limit: SignInLimit;
  readonly #secret: string;
  readonly #now: () => number;
  readonly sessions: Sessions;
  readonly #auth: () => Promise<Auth>;

  private constructor(
    { store, racers, secure, rolesBeside = async () => [], now = Date.now }: PeopleOptions,
    secret: string,
  ) {
    this.#store = store;
    this.#racers = racers;
    let opened: Promise<Auth> | undefined;
    // Loaded when somebody has an account or a session: it is half of what a controller would load to start.
    this.#auth = () => {
      opened ??= openAuth(store, secret, secure);
      return opened;
    };
    this.sessions = new Sessions({ auth: this.#auth, rolesBeside, secure });
    this.#links = new OneTimeLinks(store, now);
    this.passkeys = new Passkeys({ store, secret, now });
    this.settings = new Settings(store);
    this.#limit = new SignInLimit(secret);
    this.#secret = secret;
    this.#now = now;
  }

  static async open(options: PeopleOptions): Promise<People> {
    return new People(options, await secretOf(options.store, options.sessions ?? 'sessions'));
  }

  /** Elsewhere its people may say who they are; what browsers keep for that is sealed as sessions are. */
  providers(configured: readonly ProviderConfig[]): LoginProviders {
    return new LoginProviders(configured, this.#secret, this.#now);
  }

  /** A new racer with an account, signed in. @throws PitwallError `alias-taken`, `email-taken`, `too-many-tries` */
  async signUp(who: NewAccount, visitor: Visitor, role: PersonRole = 'racer'): Promise<SignedIn> {
    this.#limit.beginSignUp(visitor.address);
    const { email, password, ...racer } = who;
    await this.#demandFree(email);
    const hashed = await hashPassword(password);
    const issued = await this.#racers.issue(racer, 'sign-up');
    return await this.#begin(await this.#makeAccount(issued, { email, hashed, role }), visitor);
  }

  /** The same without a password. @throws PitwallError `passkey-refused`, `alias-taken`, `email-taken`, `too-many-tries` */
  async signUpByPasskey(
    { email, ...racer }: Omit<NewAccount, 'password'>,
    { answer, origin, name }: { answer: NewPasskey; origin: string; name: string },
    visitor: Visitor,
  ): Promise<SignedIn> {
    this.#limit.beginSignUp(visitor.address);
    await this.#demandFree(email);
    const passkey = await this.passkeys.verifyNew(origin, answer);
    const issued = await this.#racers.issue(racer, 'sign-up');
    const person = await this.#makeAccount(issued, { email, hashed: undefined, role: 'racer' });
    await this.passkeys.keep(passkey, person.id, name);
    return await this.#begin(person, visitor);
  }

  /**
   * A new account of who somebody is at a provider. The e-mail is kept where the provider says that it is theirs and nobody here has it.
   * @throws PitwallError `alias-taken`, `login-taken`, `too-many-tries`
   */
  async signUpByProvider(racer: NewRacer, login: ProviderLogin, visitor: Visitor): Promise<SignedIn> {
    this.#limit.beginSignUp(visitor.address);
    if ((await this.#byLogin(login)) !== undefined) throw loginTaken(login);
    const email = login.email === null || (await this.hasEmail(login.email)) ? undefined : login.email;
    const issued = await this.#racers.issue(racer, 'sign-up');
    const person = await this.#makeAccount(issued, { email, hashed: undefined, role: 'racer' });
    await this.connect(person.id, login);
    return await this.#begin(person, visitor);
  }

  /** Undefined where nobody here is that. */
  async signInByProvider(login: ProviderLogin, visitor: Visitor): Promise<SignedIn | undefined> {
    const person = await this.#byLogin(login);
    return person === undefined ? undefined : await this.#begin(await this.get(person), visitor);
  }

  /**
   * Signs the person in by the provider, too, from now on: they are signed in here and were there. An e-mail alone connects nothing, as
   * nobody shows here that theirs is theirs. @throws PitwallError `login-taken`
   */
  async connect(person: string, login: ProviderLogin): Promise<void> {
    const owner = await this.#byLogin(login);
    if (owner === person) return;
    if (owner !== undefined) throw loginTaken(login);
    const { internalAdapter } = await (await this.#auth()).$context;
    await internalAdapter.linkAccount({ userId: person, providerId: login.issuer, accountId: login.subject });
  }

  async disconnect(person: string, issuer: string): Promise<void> {
    await this.#db.deleteFrom('people_logins').where('person', '=', person).where('provider', '=', issuer).execute();
  }

  /** At which providers the person has an account that signs in here. */
  async issuersOf(person: string): Promise<string[]> {
    const logins = this.#reading.selectFrom('people_logins').select('provider').where('person', '=', person);
    return (await logins.where('provider', '!=', 'credential').execute()).map(({ provider }) => provider);
  }

  async hasPassword(person: string): Promise<boolean> {
    return (await this.#login(person)) !== null;
  }

  async hasEmail(email: string): Promise<boolean> {
    const { internalAdapter } = await (await this.#auth()).$context;
    return (await internalAdapter.findUserByEmail(email)) !== null;
  }

  /** @throws PitwallError `passkey-refused` */
  async signInByPasskey(origin: string, proof: PasskeyProof, visitor: Visitor): Promise<SignedIn> {
    return await this.#begin(await this.get(await this.passkeys.verify(origin, proof)), visitor);
  }

  /**
   * A new racer who is signed in and has no password that anyone knows: who loses the phone comes back by an organizer's link.
   * @throws PitwallError `alias-taken`, `too-many-tries`
   */
  async join(racer: UnnamedRacer, visitor: Visitor): Promise<SignedIn> {
    this.#limit.beginSignUp(visitor.address);
    const issued = await this.#racers.issue(racer, 'sign-up');
    return await this.#begin(await this.#makeAccount(issued, withoutPassword), visitor);
  }

  /** A key with which a racer whom staff entered makes the entry their own, once. */
  async makeClaim(racer: string): Promise<{ key: string; expiresAt: number }> {
    return await this.#links.make('claim', racer);
  }

  /** The racer's own account from now on. @throws PitwallError `link-used`, `too-many-tries` */
  async claim(key: string, visitor: Visitor): Promise<SignedIn> {
    this.#limit.beginSignUp(visitor.address);
    const racer = await this.#racers.get((await this.#links.use('claim', key)) ?? '');
    return await this.#begin(await this.#makeAccount(racer, withoutPassword), visitor);
  }

  async #makeAccount(
    { racer, alias }: Racer,
    { email, hashed, role }: { email: string | undefined; hashed: string | undefined; role: PersonRole },
  ): Promise<Person> {
    const { internalAdapter } = await (await this.#auth()).$context;
    const { id } = await internalAdapter.createUser(
      { name: alias, email: email ?? noEmail(racer), racer, role },
      { method: 'email-password' },
    );
    if (hashed !== undefined)
      await internalAdapter.linkAccount({ userId: id, providerId: 'credential', accountId: id, password: hashed });
    return { id, racer, alias, role };
  }

  /** @throws PitwallError `sign-in-refused`, `too-many-tries` */
  async signIn(name: string, password: string, visitor: Visitor): Promise<SignedIn> {
    const person = await this.#named(name);
    const succeeded = this.#limit.begin({
      address: visitor.address,
      account: person?.id ?? name.toLowerCase(),
      device: visitor.device,
    });
    const login = person === undefined ? null : await this.#login(person.id);
    if (!(await isPassword(login?.password, password)) || person === undefined)
      throw new PitwallError('sign-in-refused', 'Name and password do not belong together.');
    succeeded();
    return await this.#begin(person, visitor);
  }

  /** A new password; whoever is signed in elsewhere is signed out. @throws PitwallError `sign-in-refused`, `too-many-tries` */
  async changePassword(who: Principal, given: { old: string; new: string }, visitor: Visitor): Promise<SignedIn> {
    const person = await this.get(who.person ?? '');
    const succeeded = this.#limit.begin({ address: visitor.address, account: person.id, device: visitor.device });
    if (!(await isPassword((await this.#login(person.id))?.password, given.old)))
      throw new PitwallError('sign-in-refused', 'The old password is not right.');
    succeeded();
    return await this.#setPassword(person, given.new, visitor);
  }

  /** A key with which the person sets a new password, once. Who may make it: `mayManage`. */
  async makeRecovery(id: string): Promise<{ key: string; expiresAt: number }> {
    return await this.#links.make('recovery', (await this.get(id)).id);
  }

  /** @throws PitwallError `link-used` */
  async recover(key: string, password: string, visitor: Visitor): Promise<SignedIn> {
    const person = await this.get((await this.#links.use('recovery', key)) ?? '');
    // Whoever has the link alone comes in from now on: the phone that was lost does not.
    await this.passkeys.removeAll(person.id);
    await this.#db
      .deleteFrom('people_logins')
      .where('person', '=', person.id)
      .where('provider', '!=', 'credential')
      .execute();
    return await this.#setPassword(person, password, visitor);
  }

  /** The key that makes the first administrator; undefined where there is one. */
  async makeFirst(): Promise<{ key: string; expiresAt: number } | undefined> {
    return (await this.#hasAdministrator()) ? undefined : await this.#links.make('first-administrator', null);
  }

  /** @throws PitwallError `link-used`, `alias-taken`, `email-taken` */
  async signUpFirst(key: string, who: NewAccount, visitor: Visitor): Promise<SignedIn> {
    if ((await this.#racers.find(who.alias)) !== undefined)
      throw new PitwallError('alias-taken', `The alias ${who.alias} belongs to a racer already; choose another.`);
    await this.#links.use('first-administrator', key);
    if (await this.#hasAdministrator())
      throw new PitwallError('link-used', 'There is an administrator already: ask them to make you one.');
    return await this.signUp(who, visitor, 'administrator');
  }

  /** @throws PitwallError `not-found` */
  async get(id: string): Promise<Person> {
    const person = await this.#reading
      .selectFrom('people')
      .select(['id', 'racer', 'alias', 'role'])
      .where('id', '=', id)
      .executeTakeFirst();
    if (person === undefined) throw new PitwallError('not-found', 'There is no such person.');
    return person;
  }

  /** Who races under the id; undefined where that is nobody with an account. */
  async byRacer(racer: string): Promise<Person | undefined> {
    return await this.#reading
      .selectFrom('people')
      .select(['id', 'racer', 'alias', 'role'])
      .where('racer', '=', racer)
      .executeTakeFirst();
  }

  /** By alias, from the one after `after` on. */
  async list(after: string, limit: number): Promise<Person[]> {
    return await this.#store
      .reading<PeopleTables>()
      .selectFrom('people')
      .select(['id', 'racer', 'alias', 'role'])
      .where('alias', '>', after)
      .orderBy('alias')
      .limit(limit)
      .execute();
  }

  /** @throws PitwallError `not-found`, `last-administrator` */
  async setRole(id: string, role: PersonRole): Promise<Person> {
    const person = await this.get(id);
    if (role !== 'administrator') await this.demandNotLast(person);
    await this.#db.updateTable('people').set({ role }).where('id', '=', id).execute();
    this.sessions.changes.tell({ person: id });
    return { ...person, role };
  }

  /** @throws PitwallError `last-administrator` */
  async demandNotLast({ role }: Pick<Person, 'role'>): Promise<void> {
    if (role !== 'administrator') return;
    const { count } = await this.#db
      .selectFrom('people')
      .select((to) => to.fn.countAll<number>().as('count'))
      .where('role', '=', 'administrator')
      .executeTakeFirstOrThrow();
    if (Number(count) === 1)
      throw new PitwallError('last-administrator', 'This is the only administrator: make another one first.');
  }

  /** That it is they who ask, and not whoever found their phone. @throws PitwallError `sign-in-refused`, `passkey-refused`, `too-many-tries` */
  async demandOwner(who: Principal, proof: OwnerProof, visitor: Visitor): Promise<void> {
    const person = await this.get(who.person ?? '');
    if (proof.passkey !== undefined) {
      if ((await this.passkeys.verify(proof.passkey.origin, proof.passkey.proof)) !== person.id)
        throw new PitwallError('passkey-refused', 'This passkey is another account’s: use one of yours.');
      return;
    }
    if (proof.password !== undefined) {
      const succeeded = this.#limit.begin({ address: visitor.address, account: person.id, device: visitor.device });
      if (!(await isPassword((await this.#login(person.id))?.password, proof.password)))
        throw new PitwallError('sign-in-refused', 'The password is not right.');
      succeeded();
      return;
    }
    const since = (await this.sessions.devices(who)).find(({ isThis }) => isThis)?.since ?? 0;
    if (this.#now() - since > limits.passwords.freshMs && (await this.#canProve(person.id)))
      throw new PitwallError(
        'sign-in-refused',
        'Show your password or passkey, or sign in anew: you have been signed in here for longer than ten minutes.',
      );
  }

  /** Who joined by phone has nothing but what the browser keeps. */
  async #canProve(person: string): Promise<boolean> {
    const ways = [await this.#login(person), ...(await this.passkeys.list(person)), ...(await this.issuersOf(person))];
    return ways.some((way) => way !== null);
  }

  async #begin(person: Person, visitor: Visitor): Promise<SignedIn> {
    return await this.sessions.begin(person, visitor, this.#limit.deviceOf(person.id));
  }

  async #setPassword(person: Person, password: string, visitor: Visitor): Promise<SignedIn> {
    const { internalAdapter } = await (await this.#auth()).$context;
    const hashed = await hashPassword(password);
    if ((await this.#login(person.id)) !== null) await internalAdapter.updatePassword(person.id, hashed);
    else {
      const login = { userId: person.id, providerId: 'credential', accountId: person.id, password: hashed };
      await internalAdapter.linkAccount(login);
    }
    await this.sessions.endAll(person.id);
    return await this.#begin(person, visitor);
  }

  /** The person's password; null where there is none. */
  async #login(person: string) {
    const { internalAdapter } = await (await this.#auth()).$context;
    return await internalAdapter.findCredentialAccount(person);
  }

  async #byLogin({ issuer, subject }: ProviderLogin): Promise<string | undefined> {
    const logins = this.#reading.selectFrom('people_logins').select('person');
    const login = await logins.where('provider', '=', issuer).where('subject', '=', subject).executeTakeFirst();
    return login?.person;
  }

  async #demandFree(email: string | undefined): Promise<void> {
    if (email !== undefined && (await this.hasEmail(email)))
      throw new PitwallError('email-taken', 'Somebody has signed up with this e-mail already: sign in instead.');
  }

  /** Who goes by the alias or has signed up with the e-mail. */
  async #named(name: string): Promise<Person | undefined> {
    const racer = name.includes('@') ? undefined : await this.#racers.find(name);
    const found = this.#reading.selectFrom('people').select(['id', 'racer', 'alias', 'role']);
    return racer === undefined
      ? await found.where('email', '=', name.toLowerCase()).executeTakeFirst()
      : await found.where('racer', '=', racer.racer).executeTakeFirst();
  }

  async #hasAdministrator(): Promise<boolean> {
    const found = await this.#db
      .selectFrom('people')
      .select('id')
      .where('role', '=', 'administrator')
      .limit(1)
      .execute();
    return found.length > 0;
  }

  get #db(): Kysely<PeopleTables> {
    return this.#store.as<PeopleTables>();
  }

  get #reading(): Kysely<PeopleTables> {
    return this.#store.reading<PeopleTables>();
  }
}

export type NewAccount = NewRacer & { readonly password: string; readonly email?: string | undefined };

const loginTaken = ({ label }: ProviderLogin): PitwallError =>
  new PitwallError('login-taken', `Another account here signs in by this account at ${label} already.`);

/** Of who signs in by what the browser keeps. */
const withoutPassword = { email: undefined, hashed: undefined, role: 'racer' } as const;
