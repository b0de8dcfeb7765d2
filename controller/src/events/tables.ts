import type { Kysely } from 'kysely';
import type { Migrations } from '../store/index.js';

export interface EventRow {
  event: string;
  /** The organizer who made it. */
  owner: string;
  /** With which command; the same again makes nothing new. */
  command_id: string;
  setup: string;
  /** 1: whoever has its address sees it, and no list has it. */
  hidden: number;
  starts_at: number;
  ends_at: number;
  version: number;
  created_at: number;
  deleted_at: number | null;
}

export interface EventTables {
  events: EventRow;
  /** Which event a race belongs to: at most one. */
  event_races: { race: string; event: string };
  event_boards: { board: string; event: string };
  event_staff: { event: string; name: string; role: string };
  /** What its screens show: no row, what they choose. */
  event_show: { event: string; scene: string; race: string | null; at: number };
  event_notes: { note: string; event: string; by: string; at: number; text: string };
  /** In the order in which they were uploaded; their bytes are blobs. */
  event_pictures: {
    event: string;
    hash: string;
    name: string;
    type: string;
    width: number;
    height: number;
    size: number;
    at: number;
  };
  /** With which phones join over plain HTTP. */
  event_pins: { event: string; pin: string };
  /** Who consented for whom: names live here, beside the logs. */
  event_minors: {
    racer: string;
    event: string;
    called: string;
    guardian: string;
    shown: number;
    recorded_by: string;
    at: number;
  };
}

export const eventMigrations: Migrations = {
  'events-0002-events': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('events')
        .addColumn('event', 'text', (column) => column.primaryKey())
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('command_id', 'text', (column) => column.notNull().unique())
        .addColumn('setup', 'text', (column) => column.notNull())
        .addColumn('hidden', 'integer', (column) => column.notNull())
        .addColumn('starts_at', 'bigint', (column) => column.notNull())
        .addColumn('ends_at', 'bigint', (column) => column.notNull())
        .addColumn('version', 'bigint', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('deleted_at', 'bigint')
        .execute();
      await db.schema.createIndex('events_by_start').on('events').columns(['starts_at', 'event']).execute();
      await db.schema.createIndex('events_by_end').on('events').columns(['ends_at', 'event']).execute();
      await db.schema
        .createTable('event_races')
        .addColumn('race', 'text', (column) => column.primaryKey())
        .addColumn('event', 'text', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('event_races_by_event').on('event_races').column('event').execute();
      await db.schema
        .createTable('event_boards')
        .addColumn('board', 'text', (column) => column.primaryKey())
        .addColumn('event', 'text', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('event_boards_by_event').on('event_boards').column('event').execute();
      await db.schema
        .createTable('event_staff')
        .addColumn('event', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('role', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('event_staff_once', ['event', 'name', 'role'])
        .execute();
      await db.schema.createIndex('event_staff_by_name').on('event_staff').column('name').execute();
    },
  },
  'events-0003-joining': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('event_pins')
        .addColumn('event', 'text', (column) => column.primaryKey())
        .addColumn('pin', 'text', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('event_minors')
        .addColumn('racer', 'text', (column) => column.primaryKey())
        .addColumn('event', 'text', (column) => column.notNull())
        .addColumn('called', 'text', (column) => column.notNull())
        .addColumn('guardian', 'text', (column) => column.notNull())
        .addColumn('shown', 'integer', (column) => column.notNull())
        .addColumn('recorded_by', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('event_minors_by_event').on('event_minors').column('event').execute();
    },
  },
  'events-0004-show': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('event_show')
        .addColumn('event', 'text', (column) => column.primaryKey())
        .addColumn('scene', 'text', (column) => column.notNull())
        .addColumn('race', 'text')
        .addColumn('at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('event_notes')
        .addColumn('note', 'text', (column) => column.primaryKey())
        .addColumn('event', 'text', (column) => column.notNull())
        .addColumn('by', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('text', 'text', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('event_notes_by_event').on('event_notes').columns(['event', 'at']).execute();
      await db.schema
        .createTable('event_pictures')
        .addColumn('event', 'text', (column) => column.notNull())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('type', 'text', (column) => column.notNull())
        .addColumn('width', 'integer', (column) => column.notNull())
        .addColumn('height', 'integer', (column) => column.notNull())
        .addColumn('size', 'integer', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('event_pictures_once', ['event', 'hash'])
        .execute();
    },
  },
};
