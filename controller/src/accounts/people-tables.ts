import { type ColumnDataType, type Kysely, PostgresAdapter } from 'kysely';
import type { Migrations } from '../store/index.js';

/** What a person may be made; everyone can race as well. */
export type PersonRole = 'administrator' | 'organizer' | 'marshal' | 'crew' | 'racer';

/** A date as the library writes it: text in SQLite, a timestamp in PostgreSQL. */
type Moment = string | Date;

export interface PeopleTables {
  people: {
    id: string;
    /** The racer's id, under which logs and results know the person: names live here, beside it. */
    racer: string;
    alias: string;
    role: PersonRole;
    email: string;
    created_at: Moment;
  };
  people_sessions: {
    id: string;
    person: string;
    token: string;
    user_agent: string | null;
    expires_at: Moment;
    created_at: Moment;
  };
  people_links: {
    /** SHA-256 of the key in the link. */
    key_sha256: string;
    purpose: 'first-administrator' | 'recovery' | 'claim';
    /** Whom it is for: a person; for a claim the racer, who is no person yet. */
    person: string | null;
    expires_at: number;
    used_at: number | null;
  };
  people_logins: { id: string; person: string /** `credential`, or an issuer. */; provider: string; subject: string };
  people_passkeys: {
    /** Base64url, as browsers have it. */
    id: string;
    person: string;
    /** For which name of this controller it is good. */
    host: string;
    /** By which an authenticator knows the person. */
    handle: string;
    /** COSE, base64url. */
    public_key: string;
    counter: number;
    name: string;
    created_at: number;
    used_at: number | null;
  };
  /** One row. */
  controller_settings: { id: 1; body: string };
  people_secrets: { name: string; value: string };
}

/** The tables that better-auth works with, under our names, and our own beside them. */
export const peopleMigrations: Migrations = {
  'accounts-0002-people': {
    up: async (db: Kysely<never>) => {
      // The library's adapter writes dates and truths as each engine has them.
      const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
      const moment: ColumnDataType = postgres ? 'timestamptz' : 'text';
      const truth: ColumnDataType = postgres ? 'boolean' : 'integer';
      await db.schema
        .createTable('people')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('racer', 'text', (column) => column.notNull().unique())
        .addColumn('alias', 'text', (column) => column.notNull())
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('email', 'text', (column) => column.notNull().unique())
        .addColumn('email_verified', truth, (column) => column.notNull())
        .addColumn('image', 'text')
        .addColumn('created_at', moment, (column) => column.notNull())
        .addColumn('updated_at', moment, (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('people_sessions')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('person', 'text', (column) => column.notNull())
        .addColumn('token', 'text', (column) => column.notNull().unique())
        .addColumn('ip_address', 'text')
        .addColumn('user_agent', 'text')
        .addColumn('expires_at', moment, (column) => column.notNull())
        .addColumn('created_at', moment, (column) => column.notNull())
        .addColumn('updated_at', moment, (column) => column.notNull())
        .execute();
      await db.schema.createIndex('people_sessions_by_person').on('people_sessions').column('person').execute();
      await db.schema
        .createTable('people_logins')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('person', 'text', (column) => column.notNull())
        .addColumn('provider', 'text', (column) => column.notNull())
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('access_token', 'text')
        .addColumn('refresh_token', 'text')
        .addColumn('id_token', 'text')
        .addColumn('access_token_expires_at', moment)
        .addColumn('refresh_token_expires_at', moment)
        .addColumn('scope', 'text')
        .addColumn('password', 'text')
        .addColumn('created_at', moment, (column) => column.notNull())
        .addColumn('updated_at', moment, (column) => column.notNull())
        .addUniqueConstraint('people_logins_once', ['provider', 'subject'])
        .execute();
      await db.schema.createIndex('people_logins_by_person').on('people_logins').column('person').execute();
      await db.schema
        .createTable('people_verifications')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('identifier', 'text', (column) => column.notNull())
        .addColumn('value', 'text', (column) => column.notNull())
        .addColumn('expires_at', moment, (column) => column.notNull())
        .addColumn('created_at', moment, (column) => column.notNull())
        .addColumn('updated_at', moment, (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('people_links')
        .addColumn('key_sha256', 'text', (column) => column.primaryKey())
        .addColumn('purpose', 'text', (column) => column.notNull())
        .addColumn('person', 'text')
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .addColumn('used_at', 'bigint')
        .execute();
      await db.schema
        .createTable('people_secrets')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('value', 'text', (column) => column.notNull())
        .execute();
    },
  },
  'accounts-0003-passkeys': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('people_passkeys')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('person', 'text', (column) => column.notNull())
        .addColumn('host', 'text', (column) => column.notNull())
        .addColumn('handle', 'text', (column) => column.notNull())
        .addColumn('public_key', 'text', (column) => column.notNull())
        .addColumn('counter', 'bigint', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('used_at', 'bigint')
        .execute();
      await db.schema.createIndex('people_passkeys_by_person').on('people_passkeys').column('person').execute();
    },
  },
  'accounts-0004-settings': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('controller_settings')
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('body', 'text', (column) => column.notNull())
        .execute();
    },
  },
};

/** Under which names the library finds its tables and columns. */
export const peopleNames = {
  user: {
    modelName: 'people',
    fields: { name: 'alias', emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
    additionalFields: {
      racer: { type: 'string', required: true, input: false, unique: true },
      role: { type: 'string', required: true, input: false },
    },
  },
  session: {
    modelName: 'people_sessions',
    fields: {
      userId: 'person',
      ipAddress: 'ip_address',
      userAgent: 'user_agent',
      expiresAt: 'expires_at',
      createdAt: 'created_at',
      updatedAt: 'updated_at',
    },
  },
  account: {
    modelName: 'people_logins',
    fields: {
      userId: 'person',
      accountId: 'subject',
      providerId: 'provider',
      accessToken: 'access_token',
      refreshToken: 'refresh_token',
      idToken: 'id_token',
      accessTokenExpiresAt: 'access_token_expires_at',
      refreshTokenExpiresAt: 'refresh_token_expires_at',
      createdAt: 'created_at',
      updatedAt: 'updated_at',
    },
  },
  verification: {
    modelName: 'people_verifications',
    fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
  },
} as const;
