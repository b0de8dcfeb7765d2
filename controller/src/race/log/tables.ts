import type { Kysely } from 'kysely';
import { type Migrations, withTables } from '../../store/index.js';

export interface RaceTables {
  /** A short version of each race, for lists and for what to load at the start. */
  races: { race: string; name: string; phase: string };
  race_log: {
    race: string;
    seq: number;
    boot_id: string;
    at: number;
    epoch: number;
    who: string;
    command_id: string | null;
    event: string;
    /** What of the event the hash does not bind: `LogRecord.names`. */
    names: 'beside' | 'withheld' | null;
    previous: string;
    hash: string;
  };
  /** Crossings that no open race uses: kept, so that their gate may forget them. */
  race_stray_crossings: {
    gate: string;
    boot_id: string;
    seq: number;
    /** In the gate's clock. */
    at: number;
    crossing: string;
    controller_boot_id: string;
    controller_at: number;
    controller_bound: number;
    recorded_at: number;
  };
  /** What a log came to, to start from: a cache, of which `content` is bound by its sum and to one reducer. */
  race_snapshots: { race: string; seq: number; reducer: string; content: string; sum: string };
  /** Emergency stops that nobody has cleared. */
  car_e_stops: { car: string; since: number; who: string; answered: string };
}

/** Rows of one statement. */
const copied = 1000;

interface StrayTables {
  race_stray_crossings: Omit<RaceTables['race_stray_crossings'], 'at'>;
  race_stray_times: RaceTables['race_stray_crossings'];
}

export const raceMigrations: Migrations = {
  'race-0001-log': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('races')
        .addColumn('race', 'text', (column) => column.primaryKey())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('phase', 'text', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('race_log')
        .addColumn('race', 'text', (column) => column.notNull())
        .addColumn('seq', 'bigint', (column) => column.notNull())
        .addColumn('boot_id', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('epoch', 'bigint', (column) => column.notNull())
        .addColumn('who', 'text', (column) => column.notNull())
        .addColumn('command_id', 'text')
        .addColumn('event', 'text', (column) => column.notNull())
        .addColumn('previous', 'text', (column) => column.notNull())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('race_log_once', ['race', 'seq'])
        .execute();
      await db.schema
        .createTable('race_stray_crossings')
        .addColumn('gate', 'text', (column) => column.notNull())
        .addColumn('boot_id', 'text', (column) => column.notNull())
        .addColumn('seq', 'bigint', (column) => column.notNull())
        .addColumn('crossing', 'text', (column) => column.notNull())
        .addColumn('controller_boot_id', 'text', (column) => column.notNull())
        .addColumn('controller_at', 'bigint', (column) => column.notNull())
        .addColumn('controller_bound', 'bigint', (column) => column.notNull())
        .addColumn('recorded_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('race_stray_once', ['gate', 'boot_id', 'seq'])
        .execute();
    },
  } /** A number that came again with another time is another crossing. */,
  'race-0002-stray-times': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('race_stray_times')
        .addColumn('gate', 'text', (column) => column.notNull())
        .addColumn('boot_id', 'text', (column) => column.notNull())
        .addColumn('seq', 'bigint', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('crossing', 'text', (column) => column.notNull())
        .addColumn('controller_boot_id', 'text', (column) => column.notNull())
        .addColumn('controller_at', 'bigint', (column) => column.notNull())
        .addColumn('controller_bound', 'bigint', (column) => column.notNull())
        .addColumn('recorded_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('race_stray_times_once', ['gate', 'boot_id', 'seq', 'at'])
        .execute();
      const tables = withTables<StrayTables>(db);
      for (let from = 0; ; from += copied) {
        const rows = await tables
          .selectFrom('race_stray_crossings')
          .selectAll()
          .orderBy('gate')
          .orderBy('boot_id')
          .orderBy('seq')
          .limit(copied)
          .offset(from)
          .execute();
        const timed = rows.map((row) => ({ ...row, at: (JSON.parse(row.crossing) as { at: number }).at }));
        if (timed.length > 0) await tables.insertInto('race_stray_times').values(timed).execute();
        if (timed.length < copied) break;
      }
      await db.schema.dropTable('race_stray_crossings').execute();
      await db.schema.alterTable('race_stray_times').renameTo('race_stray_crossings').execute();
    },
  },
  'race-0002-e-stops': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('car_e_stops')
        .addColumn('car', 'text', (column) => column.primaryKey())
        .addColumn('since', 'bigint', (column) => column.notNull())
        .addColumn('who', 'text', (column) => column.notNull())
        .addColumn('answered', 'text', (column) => column.notNull())
        .execute();
    },
  },
  'race-0003-snapshots': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('race_snapshots')
        .addColumn('race', 'text', (column) => column.primaryKey())
        .addColumn('seq', 'bigint', (column) => column.notNull())
        .addColumn('reducer', 'text', (column) => column.notNull())
        .addColumn('content', 'text', (column) => column.notNull())
        .addColumn('sum', 'text', (column) => column.notNull())
        .execute();
    },
  },
  'race-0004-names': {
    up: async (db: Kysely<never>) => {
      await db.schema.alterTable('race_log').addColumn('names', 'text').execute();
    },
  },
};
