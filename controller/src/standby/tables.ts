import type { Kysely } from 'kysely';
import type { Migrations } from '../store/index.js';

export interface StandbyTables {
  /** One row: which term of this controller's this is, and whether it is over. Without the row: the first. */
  controller_term: { id: number; term: number; superseded_by: string | null; superseded_at: number | null };
  /** One row: who follows this controller, and where it answers once it was promoted. */
  controller_standby: { id: number; url: string; since: number };
}

export const standbyMigrations: Migrations = {
  'standby-0001-term': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('controller_term')
        .addColumn('id', 'bigint', (column) => column.primaryKey())
        .addColumn('term', 'bigint', (column) => column.notNull())
        .addColumn('superseded_by', 'text')
        .addColumn('superseded_at', 'bigint')
        .execute();
      await db.schema
        .createTable('controller_standby')
        .addColumn('id', 'bigint', (column) => column.primaryKey())
        .addColumn('url', 'text', (column) => column.notNull())
        .addColumn('since', 'bigint', (column) => column.notNull())
        .execute();
    },
  },
};
