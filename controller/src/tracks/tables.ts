import type { Kysely, Selectable } from 'kysely';
import type { Migrations } from '../store/index.js';

interface TrackTable {
  id: string;
  version: number;
  name: string;
  /** sha256 of its shape and look: the same again is the same track. */
  shape: string;
  /** A file of ours, straights and arcs or lines, as an agent reads it. */
  file: string;
  uploaded_by: string;
  uploaded_at: number;
  /** Not offered any more; races that name it keep it. */
  removed_at: number | null;
}

export type TrackRow = Selectable<TrackTable>;

export interface TrackTables {
  tracks: TrackTable;
}

export const trackMigrations: Migrations = {
  'tracks-0001-uploaded': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('tracks')
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('version', 'bigint', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('shape', 'text', (column) => column.notNull())
        .addColumn('file', 'text', (column) => column.notNull())
        .addColumn('uploaded_by', 'text', (column) => column.notNull())
        .addColumn('uploaded_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('tracks_once', ['id', 'version'])
        .execute();
    },
  },
  'tracks-0002-removed': {
    up: async (db: Kysely<never>) => {
      await db.schema.alterTable('tracks').addColumn('removed_at', 'bigint').execute();
    },
  },
};
