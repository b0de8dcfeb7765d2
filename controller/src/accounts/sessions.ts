import { type EpochMs, PitwallError } from '@pitwall/protocol';
import type { SignedInDevice } from '@pitwall/protocol/api';
import type { Principal, Role } from './accounts.js';
import type { Auth } from './auth-library.js';
import { Changes } from './changes.js';
import type { PersonRole } from './people-tables.js';
import { actsAs } from './person-roles.js';

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

export interface SessionsOptions {
  readonly auth: () => Promise<Auth>;
  /** In which roles somebody acts for a time beside what they are: by the racer's id. */
  readonly rolesBeside: (racer: string) => Promise<readonly Role[]>;
  /** Cookies go over TLS alone. */
  readonly secure: boolean;
}

/** Who is signed in, on which devices: sessions in cookies, and when they end. */
export class Sessions {
  readonly #auth: SessionsOptions['auth'];
  readonly #rolesBeside: SessionsOptions['rolesBeside'];
  readonly isSecure: boolean;
  /** Tells when somebody is not signed in any more, or became something else. */
  readonly changes = new Changes();

  constructor({ auth, rolesBeside, secure }: SessionsOptions) {
    this.#auth = auth;
    this.#rolesBeside = rolesBeside;
    this.isSecure = secure;
  }

  /** Signs in who has proved who they are. */
  async begin(person: Person, visitor: Visitor, device: string): Promise<SignedIn> {
    const { headers } = await (await this.#auth()).api.beginSession({
      body: { person: person.id },
      headers: new Headers(visitor.userAgent === undefined ? {} : { 'user-agent': visitor.userAgent.slice(0, 300) }),
      returnHeaders: true,
    });
    return { person, cookies: headers.getSetCookie(), device };
  }

  /** Who is signed in; undefined where nobody is, or not any more. */
  async authenticate(cookie: string): Promise<Principal | undefined> {
    const found = await this.#session(cookie);
    if (found === undefined) return undefined;
    const { racer, role, name } = found.user;
    const also = new Set([...(actsAs[role as PersonRole] ?? []), ...(await this.#rolesBeside(racer))]);
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

  /** Ends the session that was shown; answers what takes the cookie away. */
  async signOut(cookie: string): Promise<readonly string[]> {
    const found = await this.#session(cookie);
    const { headers } = await (await this.#auth()).api.signOut({
      headers: new Headers({ cookie }),
      returnHeaders: true,
    });
    if (found !== undefined) this.changes.tell({ session: found.session.id });
    return headers.getSetCookie();
  }

  async devices({ person, session }: Principal): Promise<SignedInDevice[]> {
    const { internalAdapter } = await (await this.#auth()).$context;
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
    const { internalAdapter } = await (await this.#auth()).$context;
    const sessions = await internalAdapter.listSessions(person ?? '');
    const token = sessions.find((session) => session.id === id)?.token;
    if (token === undefined) throw new PitwallError('not-found', 'This device is signed out already.');
    await internalAdapter.deleteSession(token);
    this.changes.tell({ session: id });
  }

  /** Signs every device of the person out. */
  async endAll(person: string): Promise<void> {
    const { internalAdapter } = await (await this.#auth()).$context;
    await internalAdapter.deleteUserSessions(person);
    this.changes.tell({ person });
  }

  /** How the device's own cookie is set. */
  deviceCookie(device: string): string {
    return `pitwall_device=${device}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000${this.isSecure ? '; Secure' : ''}`;
  }

  async #session(cookie: string) {
    const found = await (await this.#auth()).api.getSession({ headers: new Headers({ cookie }) });
    return found ?? undefined;
  }
}
