import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { type EpochMs, PitwallError } from '@pitwall/protocol';
import type { NewRacer, Racer, SignedInDevice } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import type { Principal, Role } from './accounts.js';
import { Changes } from './changes.js';
import { OneTimeLinks } from './one-time-links.js';
import { type PeopleTables, type PersonRole, peopleNames } from './people-tables.js';
import { SignInLimit } from './sign-in-limit.js';

/** What people need of the racers: an alias belongs to one of them. */
export interface RacersOfPeople {
  issue(racer: NewRacer, actor: string): Promise<Racer>;
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

/** Where a request came from, and what its browser showed. */
export interface Visitor {
  readonly address: string;
  readonly userAgent?: string | undefined;
  readonly cookie?: string | undefined;
  /** {@link SignInLimit.deviceOf} */
  readonly device?: string | undefined;
}

export interface SignedIn {
  readonly person: Person;
  /** `Set-Cookie` of the session. */
  readonly cookies: readonly string[];
  /** For the device's own cookie. */
  readonly device: string;
}

export interface Person {
  readonly id: string;
  readonly racer: string;
  readonly alias: string;
  readonly role: PersonRole;
}

/** A session lasts so long, s; then one signs in again. */
const sessionLasts = 30 * 86_400;
export const passwordLength = { min: 8, max: 128 } as const;

/** Addresses that nobody has: for those who gave none (RFC 2606 keeps `.invalid` for that). */
const noEmail = (racer: string): string => `${racer}@people.invalid`;

/** What a person acts as: everybody races. */
const roles: Readonly<Record<PersonRole, readonly Principal['role'][]>> = {
  administrator: ['organizer', 'marshal', 'crew', 'racer'],
  organizer: ['marshal', 'crew', 'racer'],
  marshal: ['crew', 'racer'],
  crew: ['racer'],
  racer: [],
};

type Auth = Awaited<ReturnType<typeof openAuth>>;

/** People who sign in: accounts, sessions in cookies, devices, recovery, and who may be what. */
export class People {
  readonly #store: Store;
  readonly #racers: RacersOfPeople;
  readonly #rolesBeside: NonNullable<PeopleOptions['rolesBeside']>;
  readonly #links: OneTimeLinks;
  readonly #secure: boolean;
  readonly #limit: SignInLimit;
  readonly #secret: string;
  #opened: Promise<Auth> | undefined;
  /** Tells when somebody is not signed in any more, or became something else. */
  readonly changes = new Changes();

  private constructor(
    { store, racers, secure, rolesBeside = async () => [], now = Date.now }: PeopleOptions,
    secret: string,
  ) {
    this.#store = store;
    this.#racers = racers;
    this.#secure = secure;
    this.#rolesBeside = rolesBeside;
    this.#links = new OneTimeLinks(store, now);
    this.#limit = new SignInLimit(secret);
    this.#secret = secret;
  }

  static async open(options: PeopleOptions): Promise<People> {
    return new People(options, await secretOf(options.store, options.sessions ?? 'sessions'));
  }

  /** A new racer with an account, signed in. @throws PitwallError `alias-taken`, `email-taken`, `too-many-tries` */
  async signUp(who: NewAccount, visitor: Visitor, role: PersonRole = 'racer'): Promise<SignedIn> {
    this.#limit.beginSignUp(visitor.address);
    const { internalAdapter } = await (await this.#auth).$context;
    const { email, password, ...racer } = who;
    if (email !== undefined && (await internalAdapter.findUserByEmail(email)) !== null)
      throw new PitwallError('email-taken', 'Somebody has signed up with this e-mail already: sign in instead.');
    const hashed = await hash(password);
    const issued = await this.#racers.issue(racer, 'sign-up');
    return await this.#begin(await this.#makeAccount(issued, { email, hashed, role }), password, visitor);
  }

  /**
   * A new racer who is signed in and has no password that anyone knows: who loses the phone comes back by an organizer's link.
   * @throws PitwallError `alias-taken`, `too-many-tries`
   */
  async join(racer: NewRacer, visitor: Visitor): Promise<SignedIn> {
    return await this.signUp({ ...racer, password: unknownPassword() }, visitor);
  }

  /** A key with which a racer whom staff entered makes the entry their own, once. */
  async makeClaim(racer: string): Promise<{ key: string; expiresAt: number }> {
    return await this.#links.make('claim', racer);
  }

  /** The racer's own account from now on. @throws PitwallError `link-used`, `too-many-tries` */
  async claim(key: string, visitor: Visitor): Promise<SignedIn> {
    this.#limit.beginSignUp(visitor.address);
    const racer = await this.#racers.get((await this.#links.use('claim', key)) ?? '');
    const password = unknownPassword();
    const account = { email: undefined, hashed: await hash(password), role: 'racer' } as const;
    return await this.#begin(await this.#makeAccount(racer, account), password, visitor);
  }

  async #makeAccount(
    { racer, alias }: Racer,
    { email, hashed, role }: { email: string | undefined; hashed: string; role: PersonRole },
  ): Promise<Person> {
    const { internalAdapter } = await (await this.#auth).$context;
    const { id } = await internalAdapter.createUser(
      { name: alias, email: email ?? noEmail(racer), racer, role },
      { method: 'email-password' },
    );
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
    // Nobody's password is looked at as long as somebody's.
    const signedIn = await this.#begin(person ?? nobody, password, visitor);
    succeeded();
    return signedIn;
  }

  /** Ends the session that was shown; answers what takes the cookie away. */
  async signOut(cookie: string): Promise<readonly string[]> {
    const found = await this.#session(cookie);
    const { headers } = await (await this.#auth).api.signOut({ headers: new Headers({ cookie }), returnHeaders: true });
    if (found !== undefined) this.changes.tell({ session: found.session.id });
    return headers.getSetCookie();
  }

  /** Who is signed in; undefined where nobody is, or not any more. */
  async authenticate(cookie: string): Promise<Principal | undefined> {
    const found = await this.#session(cookie);
    if (found === undefined) return undefined;
    const { racer, role, name } = found.user;
    const also = new Set([...(roles[role as PersonRole] ?? []), ...(await this.#rolesBeside(racer))]);
    also.delete(role as PersonRole);
    return {
      name: racer,
      role: role as PersonRole,
      alias: name,
      also: [...also],
      person: found.user.id,
      session: found.session.id,
    };
  }

  async devices({ person, session }: Principal): Promise<SignedInDevice[]> {
    const { internalAdapter } = await (await this.#auth).$context;
    const sessions = await internalAdapter.listSessions(person ?? '', { onlyActiveSessions: true });
    return sessions.map(({ id, userAgent, createdAt }) => ({
      id,
      userAgent: userAgent ?? null,
      since: createdAt.getTime() as EpochMs,
      isThis: id === session,
    }));
  }

  /** Signs one of the person's devices out. @throws PitwallError `not-found` */
  async endDevice({ person }: Principal, id: string): Promise<void> {
    const { internalAdapter } = await (await this.#auth).$context;
    const sessions = await internalAdapter.listSessions(person ?? '');
    const token = sessions.find((session) => session.id === id)?.token;
    if (token === undefined) throw new PitwallError('not-found', 'This device is signed out already.');
    await internalAdapter.deleteSession(token);
    this.changes.tell({ session: id });
  }

  /** A new password; whoever is signed in elsewhere is signed out. @throws PitwallError `sign-in-refused`, `too-many-tries` */
  async changePassword(who: Principal, given: { old: string; new: string }, visitor: Visitor): Promise<SignedIn> {
    const person = await this.get(who.person ?? '');
    const succeeded = this.#limit.begin({ address: visitor.address, account: person.id, device: visitor.device });
    const { internalAdapter } = await (await this.#auth).$context;
    const login = await internalAdapter.findCredentialAccount(person.id);
    if (!(await isPassword(login?.password, given.old)))
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
    if (person.role === 'administrator' && role !== 'administrator') {
      const { count } = await this.#db
        .selectFrom('people')
        .select((to) => to.fn.countAll<number>().as('count'))
        .where('role', '=', 'administrator')
        .executeTakeFirstOrThrow();
      if (Number(count) === 1)
        throw new PitwallError('last-administrator', 'This is the only administrator: make another one first.');
    }
    await this.#db.updateTable('people').set({ role }).where('id', '=', id).execute();
    this.changes.tell({ person: id });
    return { ...person, role };
  }

  /** How the device's own cookie is set. */
  deviceCookie(device: string): string {
    return `pitwall_device=${device}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000${this.#secure ? '; Secure' : ''}`;
  }

  async #setPassword(person: Person, password: string, visitor: Visitor): Promise<SignedIn> {
    const { internalAdapter } = await (await this.#auth).$context;
    await internalAdapter.updatePassword(person.id, await hash(password));
    await internalAdapter.deleteUserSessions(person.id);
    this.changes.tell({ person: person.id });
    return await this.#begin(person, password, visitor);
  }

  async #begin(person: Person, password: string, visitor: Visitor): Promise<SignedIn> {
    const { internalAdapter } = await (await this.#auth).$context;
    const email = (await internalAdapter.findUserById(person.id))?.email ?? noEmail('nobody');
    try {
      const { headers } = await (await this.#auth).api.signInEmail({
        body: { email, password },
        headers: new Headers(visitor.userAgent === undefined ? {} : { 'user-agent': visitor.userAgent.slice(0, 300) }),
        returnHeaders: true,
      });
      return { person, cookies: headers.getSetCookie(), device: this.#limit.deviceOf(person.id) };
    } catch (cause) {
      const { APIError } = await import('better-auth/api');
      if (!(cause instanceof APIError)) throw cause;
      throw new PitwallError('sign-in-refused', 'Name and password do not belong together.', { cause });
    }
  }

  async #session(cookie: string) {
    const found = await (await this.#auth).api.getSession({ headers: new Headers({ cookie }) });
    return found ?? undefined;
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

  /** Loaded when somebody has an account or a session: it is half of what a controller would load to start. */
  get #auth(): Promise<Auth> {
    this.#opened ??= openAuth(this.#store, this.#secret, this.#secure);
    return this.#opened;
  }

  get #db(): Kysely<PeopleTables> {
    return this.#store.as<PeopleTables>();
  }

  get #reading(): Kysely<PeopleTables> {
    return this.#store.reading<PeopleTables>();
  }
}

export type NewAccount = NewRacer & { readonly password: string; readonly email?: string | undefined };

/** Of who signs in by what the browser keeps. */
const unknownPassword = (): string => randomBytes(24).toString('base64url');

const nobody: Person = { id: '', racer: '', alias: '', role: 'racer' };

const isPassword = async (hashed: string | null | undefined, password: string): Promise<boolean> =>
  hashed !== null && hashed !== undefined && (await verify(hashed, password));

const ranks: readonly PersonRole[] = ['racer', 'crew', 'marshal', 'organizer', 'administrator'];

/** Whether somebody may make another's recovery link, or their role: an administrator everybody's, an organizer's those below. */
export const mayManage = (who: Principal, role: PersonRole): boolean =>
  who.role === 'administrator' || (who.role === 'organizer' && ranks.indexOf(role) < ranks.indexOf('organizer'));

async function openAuth(store: Store, secret: string, secure: boolean) {
  const { betterAuth } = await import('better-auth');
  return betterAuth({
    ...peopleNames,
    database: { db: store.as<PeopleTables>(), type: store.engine, transaction: false },
    secret,
    // Its own addresses are not served: routes of ours call it.
    baseURL: 'http://localhost',
    emailAndPassword: {
      enabled: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
      // argon2id with the parameters that OWASP asks for at least (19 MiB, two passes), as the package has them.
      password: {
        hash: (password) => hash(password),
        verify: ({ hash: hashed, password }) => verify(hashed, password),
      },
    },
    session: { ...peopleNames.session, expiresIn: sessionLasts, disableSessionRefresh: true },
    advanced: {
      cookiePrefix: 'pitwall',
      useSecureCookies: secure,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      // Whence somebody came is not kept.
      ipAddress: { disableIpTracking: true },
    },
    telemetry: { enabled: false },
    logger: { disabled: true },
    rateLimit: { enabled: false },
  });
}

/** What sessions are signed with: of all controllers of one database. */
async function secretOf(store: Store, name: string): Promise<string> {
  const db = store.as<PeopleTables>();
  await db
    .insertInto('people_secrets')
    .values({ name, value: randomBytes(32).toString('base64url') })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { value } = await db
    .selectFrom('people_secrets')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return value;
}
