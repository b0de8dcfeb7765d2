import type { Kysely } from 'kysely';
import type { Migrations } from '../store/index.js';

export interface ModelRow {
  hash: string;
  name: string;
  bytes: number;
  uploaded_by: string;
  uploaded_at: number;
}

export interface GarageTables {
  garage_models: ModelRow;
  /** Whose model it is, and what they call it. */
  garage_racer_models: { racer: string; hash: string; name: string; uploaded_at: number };
}

export const garageMigrations: Migrations = {
  'garage-0001-models': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('garage_models')
        .addColumn('hash', 'text', (column) => column.primaryKey())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('bytes', 'bigint', (column) => column.notNull())
        .addColumn('uploaded_by', 'text', (column) => column.notNull())
        .addColumn('uploaded_at', 'bigint', (column) => column.notNull())
        .execute();
    },
  },
  'garage-0002-racer-models': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('garage_racer_models')
        .addColumn('racer', 'text', (column) => column.notNull())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('uploaded_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('garage_racer_models_once', ['racer', 'hash'])
        .execute();
    },
  },
};
