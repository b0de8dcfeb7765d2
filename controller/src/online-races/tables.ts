import { type Kysely, sql } from 'kysely';
import type { Migrations } from '../store/index.js';

export interface OnlineRaceRow {
  race: string;
  /** The organizer who made it. */
  owner: string;
  /** With which command; the same again makes nothing new. */
  command_id: string;
  setup: string;
  closes_at: number;
  version: number;
  /** The key in the link; null where the race is open to all. */
  invitation: string | null;
  resets: number;
  created_at: number;
  deleted_at: number | null;
}

export interface OnlineEntryRow {
  race: string;
  racer: string;
  alias: string;
  country: string | null;
  entered_at: number;
  removed_at: number | null;
  /** Those that count against the quota. */
  submissions: number;
}

export interface OnlineRaceTables {
  online_races: OnlineRaceRow;
  online_race_log: { race: string; seq: number; at: number; who: string; event: string };
  online_entries: OnlineEntryRow;
}

export const onlineRaceMigrations: Migrations = {
  'events-0001-online-races': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('online_races')
        .addColumn('race', 'text', (column) => column.primaryKey())
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('command_id', 'text', (column) => column.notNull().unique())
        .addColumn('setup', 'text', (column) => column.notNull())
        .addColumn('closes_at', 'bigint', (column) => column.notNull())
        .addColumn('version', 'bigint', (column) => column.notNull())
        .addColumn('invitation', 'text', (column) => column.unique())
        .addColumn('resets', 'bigint', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('deleted_at', 'bigint')
        .execute();
      await db.schema
        .createTable('online_race_log')
        .addColumn('race', 'text', (column) => column.notNull())
        .addColumn('seq', 'bigint', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('who', 'text', (column) => column.notNull())
        .addColumn('event', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('online_race_log_once', ['race', 'seq'])
        .execute();
      await db.schema
        .createTable('online_entries')
        .addColumn('race', 'text', (column) => column.notNull())
        .addColumn('racer', 'text', (column) => column.notNull())
        .addColumn('alias', 'text', (column) => column.notNull())
        .addColumn('country', 'text')
        .addColumn('entered_at', 'bigint', (column) => column.notNull())
        .addColumn('removed_at', 'bigint')
        .addColumn('submissions', 'bigint', (column) => column.notNull().defaultTo(sql`0`))
        .addPrimaryKeyConstraint('online_entries_once', ['race', 'racer'])
        .execute();
      await db.schema.createIndex('online_entries_by_racer').on('online_entries').column('racer').execute();
    },
  },
};
