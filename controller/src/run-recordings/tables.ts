import type { Kysely } from 'kysely';
import type { Migrations } from '../store/index.js';

export interface RunRecordingRow {
  run: string;
  race: string;
  racer: string;
  car: string;
  /** As `RunRecordingState` has it. */
  state: string;
  why: string | null;
  confirmed_at: number;
  /** 1: for everybody. */
  shared: number;
}

export interface RunRecordingTables {
  run_recordings: RunRecordingRow;
}

export const runRecordingMigrations: Migrations = {
  'run-recordings-0001': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('run_recordings')
        .addColumn('run', 'text', (column) => column.primaryKey())
        .addColumn('race', 'text', (column) => column.notNull())
        .addColumn('racer', 'text', (column) => column.notNull())
        .addColumn('car', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('why', 'text')
        .addColumn('confirmed_at', 'bigint', (column) => column.notNull())
        .addColumn('shared', 'integer', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('run_recordings_of_race').on('run_recordings').column('race').execute();
    },
  },
};
