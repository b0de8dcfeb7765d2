import type { Kysely } from 'kysely';
import type { Migrations } from '../store/index.js';

export type DeliveryState = 'waiting' | 'sent' | 'aside';

/** What stands for a leaderboard where a racer's deletion is sent, which is about all of them; `result_id` is the racer then. */
export const erasures = '';

export interface DeliveryRow {
  /** UUIDv7: the order of sending. */
  id: string;
  destination: string;
  leaderboard: string;
  result_id: string;
  revision: number;
  racer: string;
  /** The result's JSON, or the compact JWS where another controller signed it. */
  body: string;
  /** The header of that JWS, which names the key; empty for what this controller signs itself. */
  signer: string;
  state: DeliveryState;
  attempts: number;
  /** Why it is set aside, or why it still waits. */
  reason: string | null;
  created_at: number;
  done_at: number | null;
}

export interface ForwardingTables {
  forwarding_deliveries: DeliveryRow;
}

export const forwardingMigrations: Migrations = {
  'forwarding-0001-deliveries': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('forwarding_deliveries')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('destination', 'text', (column) => column.notNull())
        .addColumn('leaderboard', 'text', (column) => column.notNull())
        .addColumn('result_id', 'text', (column) => column.notNull())
        .addColumn('revision', 'bigint', (column) => column.notNull())
        .addColumn('racer', 'text', (column) => column.notNull())
        .addColumn('body', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('attempts', 'bigint', (column) => column.notNull())
        .addColumn('reason', 'text')
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('done_at', 'bigint')
        .addUniqueConstraint('forwarding_once', ['destination', 'leaderboard', 'result_id', 'revision'])
        .execute();
      await db.schema
        .createIndex('forwarding_waiting')
        .on('forwarding_deliveries')
        .columns(['state', 'destination', 'id'])
        .execute();
    },
  },
  'forwarding-0002-signer': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .alterTable('forwarding_deliveries')
        .addColumn('signer', 'text', (column) => column.notNull().defaultTo(''))
        .execute();
    },
  },
};
