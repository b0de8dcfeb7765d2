import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type EpochMs, PitwallError } from '@pitwall/protocol';
import type { AccountRole } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import type { Migrations, Store } from '../store/index.js';
import { Changes } from './changes.js';

/**
 * Who may do what. `car` and `gate` speak on their own topics; `marshal` runs races; `organizer` sets them up, and does
 * all that a marshal may; `crew` looks after cars and their models, as marshals do too; `administrator` is a person who manages people; `racer` enters and submits; `source` sends results to leaderboards.
 */
export type Role = AccountRole;

/** Who asks: whoever holds a token, or a person who has signed in. */
export interface Principal {
  /** Of a person, and of a racer's token, the racer's id: logs know nobody by another name. */
  readonly name: string;
  readonly role: Role;
  /** What a person is called. */
  readonly alias?: string;
  /** In which roles a person acts beside their own. */
  readonly also?: readonly Role[];
  /** The person's id, and that of the session; undefined for tokens. */
  readonly person?: string;
  readonly session?: string;
}

interface AccountTables {
  credentials: { name: string; role: Role; secret_sha256: string; created_at: number; revoked_at: number | null };
}

export const accountMigrations: Migrations = {
  'accounts-0001-credentials': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('credentials')
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('secret_sha256', 'text', (column) => column.notNull().unique())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('revoked_at', 'bigint')
        .execute();
      await db.schema.createIndex('credentials_by_name').on('credentials').columns(['role', 'name']).execute();
    },
  },
};

/** Tokens carry 256 random bits, so a plain hash keeps them: no dictionary reaches them. */
const digest = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Credentials of people and machines. The secret itself is shown once, when it is issued, and never stored. */
export class Accounts {
  readonly #store: Store;
  readonly #now: () => number;
  /** Tells of tokens that were revoked. */
  readonly changes = new Changes();

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
  }

  /** Issues a new token; those issued before to the same principal go on until they are revoked. */
  async issue(principal: Principal): Promise<string> {
    const secret = randomBytes(32).toString('base64url');
    await this.#db.insertInto('credentials').values(this.#row(principal, secret)).execute();
    return secret;
  }

  /** Takes a token that its holder made, of which only the hash is known here; those issued before to the same principal are refused. */
  async adopt({ name, role }: Principal, tokenHash: string): Promise<void> {
    const now = this.#now();
    await this.#db.transaction().execute(async (db) => {
      await db
        .updateTable('credentials')
        .set({ revoked_at: now })
        .where('name', '=', name)
        .where('role', '=', role)
        .where('revoked_at', 'is', null)
        .execute();
      const row = { name, role, secret_sha256: tokenHash, created_at: now, revoked_at: null };
      await db.insertInto('credentials').values(row).execute();
    });
    this.changes.tell({ name, role });
  }

  async revoke({ name, role }: Principal): Promise<void> {
    await this.#db
      .updateTable('credentials')
      .set({ revoked_at: this.#now() })
      .where('name', '=', name)
      .where('role', '=', role)
      .where('revoked_at', 'is', null)
      .execute();
    this.changes.tell({ name, role });
  }

  /** Who holds tokens that are good, and since when. */
  async holders(): Promise<{ name: string; role: Role; since: EpochMs; tokens: number }[]> {
    const rows = await this.#store
      .reading<AccountTables>()
      .selectFrom('credentials')
      .select(['name', 'role'])
      .select((to) => [to.fn.max('created_at').as('since'), to.fn.countAll<number>().as('tokens')])
      .where('revoked_at', 'is', null)
      .groupBy(['role', 'name'])
      .orderBy('role')
      .orderBy('name')
      .execute();
    return rows.map(({ name, role, since, tokens }) => ({
      name,
      role,
      since: Number(since) as EpochMs,
      tokens: Number(tokens),
    }));
  }

  /** Whose token this is; undefined where nobody's, or a revoked one. */
  async authenticate(secret: string): Promise<Principal | undefined> {
    const row = await this.#store
      .reading<AccountTables>()
      .selectFrom('credentials')
      .select(['name', 'role', 'secret_sha256'])
      .where('secret_sha256', '=', digest(secret))
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    if (row === undefined || !timingSafeEqual(Buffer.from(row.secret_sha256), Buffer.from(digest(secret))))
      return undefined;
    return { name: row.name, role: row.role };
  }

  get #db(): Kysely<AccountTables> {
    return this.#store.as<AccountTables>();
  }

  #row({ name, role }: Principal, secret: string): AccountTables['credentials'] {
    return { name, role, secret_sha256: digest(secret), created_at: this.#now(), revoked_at: null };
  }
}

const includes: Readonly<Partial<Record<Role, readonly Role[]>>> = {
  administrator: ['organizer', 'marshal', 'crew'],
  organizer: ['marshal', 'crew'],
  marshal: ['crew'],
};

/** Every role in which a principal acts: its own, and those that it includes. */
export const rolesOf = ({ role, also }: Principal): Role[] => [role, ...(also ?? includes[role] ?? [])];

/** @throws PitwallError `access-unknown` without a principal, `access-denied` with the wrong one. */
export function demand(principal: Principal | undefined, ...roles: readonly Role[]): Principal {
  if (principal === undefined)
    throw new PitwallError(
      'access-unknown',
      'This is for those who have signed in: sign in on the pages, or send a token as "Authorization: Bearer TOKEN".',
    );
  const held = rolesOf(principal);
  if (!roles.some((role) => held.includes(role)))
    throw new PitwallError(
      'access-denied',
      `${principal.alias ?? principal.name} is a ${principal.role}; this needs the role ${roles.join(' or ')}.`,
    );
  return principal;
}
