import { aliasKeys } from '@pitwall/protocol/alias-skeleton';
import { type Kysely, sql } from 'kysely';
import { type Migrations, withTables } from '../store/index.js';
import { type AcrossBoards, tellAcrossBoards } from './across-boards-columns.js';

export type Kind = 'physical' | 'virtual';
/** `counted` ones compete; `held` ones wait for a person, who makes them counted or `rejected`. */
export type ResultState = 'counted' | 'held' | 'rejected' | 'withdrawn';

export interface ResultRow extends AcrossBoards {
  board: string;
  result_id: string;
  revision: number;
  /** Whom it counts for; differs from the body's where a provisional racer was merged into an issued one. */
  racer: string;
  kind: Kind;
  state: ResultState;
  /** JSON array of hold reasons. */
  reasons: string;
  content_sha256: string;
  source: string;
  /** µs; null where it does not qualify. */
  score: number | null;
  placing_ms: number | null;
  best_lap: number | null;
  uncertainty: number | null;
  finished_at: number;
  received_at: number;
  /** The result's JSON, or the compact JWS that its source signed. */
  body: string;
}

export interface HistoryRow {
  board: string;
  result_id: string;
  revision: number;
  content_sha256: string;
  state: ResultState;
  /** What was done to the result, of which this row keeps what it was before. */
  action: 'amended' | 'withdrawn' | 'superseded' | 'approved' | 'rejected' | 'merged';
  actor: string;
  at: number;
  racer: string;
  body: string;
}

/** One racer's best of one kind on one board: the ranking, materialised. `result_id` is null where none qualifies. */
export interface StandingRow {
  board: string;
  racer: string;
  kind: Kind;
  /** Grows with each change on the board: what changes are followed by. */
  seq: number;
  /** 1 where any result counts, qualifying or not; 0 where all were withdrawn or rejected: the racer is gone. */
  present: number;
  result_id: string | null;
  alias: string;
  country: string | null;
  division: string | null;
  score: number | null;
  best_lap: number | null;
  uncertainty: number | null;
  laps: number | null;
  finished_at: number | null;
  model_hash: string | null;
  model_name: string | null;
  /** 1: the ranked result was imported. */
  imported: number;
}

export interface RacerRow {
  id: string;
  alias: string;
  /** What must be unique of the alias, whatever its capitals. */
  alias_key: string;
  /** What must be unique of how it looks. */
  alias_look: string;
  country: string | null;
  division: string | null;
  colour: string | null;
  merged_into: string | null;
  created_at: number;
}

export interface LeaderboardTables {
  leaderboard_racers: RacerRow;
  leaderboard_webhooks: {
    id: string;
    board: string;
    url: string;
    secret: string;
    /** The last change it was told of. */
    delivered: number;
    failures: number;
    not_before: number;
    lease_until: number;
  };
  leaderboard_seasons: { id: string; settings: string };
  /** `data`: base64. */
  leaderboard_portraits: { racer: string; hash: string; data: string; at: number };
  /** Whose names are not kept; `source`: of whose results, empty: of nobody's. */
  leaderboard_erased: { racer: string; source: string; at: number /** 1: everywhere, to its end. */; done: number };
  leaderboard_racer_history: { racer: string; action: string; actor: string; at: number; other: string | null };
  leaderboard_boards: { id: string; settings: string; head: number; created_at: number };
  leaderboard_results: ResultRow;
  leaderboard_history: HistoryRow;
  leaderboard_standings: StandingRow;
  leaderboard_keys: {
    kid: string;
    source: string;
    jwk: string;
    created_at: number;
    revoked_at: number | null;
  };
}

export const leaderboardMigrations: Migrations = {
  'leaderboard-0001-boards': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('leaderboard_boards')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('settings', 'text', (column) => column.notNull())
        .addColumn('head', 'bigint', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('leaderboard_keys')
        .addColumn('kid', 'text', (column) => column.primaryKey())
        .addColumn('source', 'text', (column) => column.notNull())
        .addColumn('jwk', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('revoked_at', 'bigint')
        .execute();
    },
  },
  'leaderboard-0002-results': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('leaderboard_results')
        .addColumn('board', 'text', (column) => column.notNull())
        .addColumn('result_id', 'text', (column) => column.notNull())
        .addColumn('revision', 'bigint', (column) => column.notNull())
        .addColumn('racer', 'text', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('reasons', 'text', (column) => column.notNull())
        .addColumn('content_sha256', 'text', (column) => column.notNull())
        .addColumn('source', 'text', (column) => column.notNull())
        .addColumn('score', 'bigint')
        .addColumn('placing_ms', 'bigint')
        .addColumn('best_lap', 'bigint')
        .addColumn('uncertainty', 'bigint')
        .addColumn('finished_at', 'bigint', (column) => column.notNull())
        .addColumn('received_at', 'bigint', (column) => column.notNull())
        .addColumn('body', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('leaderboard_results_pk', ['board', 'result_id'])
        .execute();
      await db.schema
        .createIndex('leaderboard_results_by_racer')
        .on('leaderboard_results')
        .columns(['board', 'racer', 'kind', 'state', 'placing_ms', 'finished_at', 'result_id'])
        .execute();
      await db.schema
        .createIndex('leaderboard_results_waiting')
        .on('leaderboard_results')
        .columns(['board', 'received_at', 'result_id'])
        .where(sql.ref('state'), '=', 'held')
        .execute();
      await db.schema
        .createTable('leaderboard_history')
        .addColumn('board', 'text', (column) => column.notNull())
        .addColumn('result_id', 'text', (column) => column.notNull())
        .addColumn('revision', 'bigint', (column) => column.notNull())
        .addColumn('content_sha256', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('action', 'text', (column) => column.notNull())
        .addColumn('actor', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('racer', 'text', (column) => column.notNull())
        .addColumn('body', 'text', (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex('leaderboard_history_by_result')
        .on('leaderboard_history')
        .columns(['board', 'result_id', 'at'])
        .execute();
    },
  },
  'leaderboard-0003-standings': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('leaderboard_standings')
        .addColumn('board', 'text', (column) => column.notNull())
        .addColumn('racer', 'text', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('seq', 'bigint', (column) => column.notNull())
        .addColumn('present', 'bigint', (column) => column.notNull())
        .addColumn('result_id', 'text')
        .addColumn('alias', 'text', (column) => column.notNull())
        .addColumn('country', 'text')
        .addColumn('division', 'text')
        .addColumn('score', 'bigint')
        .addColumn('best_lap', 'bigint')
        .addColumn('uncertainty', 'bigint')
        .addColumn('laps', 'bigint')
        .addColumn('finished_at', 'bigint')
        .addColumn('model_hash', 'text')
        .addColumn('model_name', 'text')
        .addPrimaryKeyConstraint('leaderboard_standings_pk', ['board', 'racer', 'kind'])
        .execute();
      await db.schema
        .createIndex('leaderboard_standings_by_seq')
        .on('leaderboard_standings')
        .columns(['board', 'seq'])
        .unique()
        .execute();
    },
  },
  'leaderboard-0004-racers': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('leaderboard_racers')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('alias', 'text', (column) => column.notNull())
        .addColumn('alias_key', 'text', (column) => column.notNull().unique())
        .addColumn('country', 'text')
        .addColumn('division', 'text')
        .addColumn('merged_into', 'text')
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('leaderboard_racer_history')
        .addColumn('racer', 'text', (column) => column.notNull())
        .addColumn('action', 'text', (column) => column.notNull())
        .addColumn('actor', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('other', 'text')
        .execute();
      await db.schema
        .createIndex('leaderboard_racer_history_by_racer')
        .on('leaderboard_racer_history')
        .columns(['racer', 'at'])
        .execute();
      // For all results of one racer, whatever the board.
      await db.schema
        .createIndex('leaderboard_results_held_by_racer')
        .on('leaderboard_results')
        .columns(['racer'])
        .where(sql.ref('state'), '=', 'held')
        .execute();
    },
  },
  'leaderboard-0005-seasons': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('leaderboard_seasons')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('settings', 'text', (column) => column.notNull())
        .execute();
    },
  },
  'leaderboard-0006-webhooks': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('leaderboard_webhooks')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('board', 'text', (column) => column.notNull())
        .addColumn('url', 'text', (column) => column.notNull())
        .addColumn('secret', 'text', (column) => column.notNull())
        .addColumn('delivered', 'bigint', (column) => column.notNull())
        .addColumn('failures', 'bigint', (column) => column.notNull())
        .addColumn('not_before', 'bigint', (column) => column.notNull())
        .addColumn('lease_until', 'bigint', (column) => column.notNull())
        .execute();
    },
  },
  'leaderboard-0009-colours': {
    up: async (db: Kysely<never>) => {
      await db.schema.alterTable('leaderboard_racers').addColumn('colour', 'text').execute();
    },
  },
  'leaderboard-0008-imported': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .alterTable('leaderboard_standings')
        .addColumn('imported', 'bigint', (column) => column.notNull().defaultTo(0))
        .execute();
    },
  },
  'leaderboard-0010-across-boards': { up: async (db: Kysely<never>) => await tellAcrossBoards(withTables(db)) },
  'leaderboard-0011-portraits': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('leaderboard_portraits')
        .addColumn('racer', 'text', (column) => column.primaryKey())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addColumn('data', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .execute();
    },
  },
  'leaderboard-0012-erased': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('leaderboard_erased')
        .addColumn('racer', 'text', (column) => column.notNull())
        .addColumn('source', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('done', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('leaderboard_erased_once', ['racer', 'source'])
        .execute();
    },
  },
  'leaderboard-0007-alias-looks': {
    up: async (db: Kysely<never>) => {
      await db.schema.alterTable('leaderboard_racers').addColumn('alias_look', 'text').execute();
      await fillAliasKeys(withTables<LeaderboardTables>(db));
      await db.schema
        .createIndex('leaderboard_racers_by_look')
        .on('leaderboard_racers')
        .column('alias_look')
        .unique()
        .execute();
    },
  },
};

/**
 * Racers of before keep their aliases, also those that would not be issued any more: the oldest of those that cannot be told
 * apart holds the name, and the others' keys are marked with their ids, which no alias can be.
 */
async function fillAliasKeys(db: Kysely<LeaderboardTables>): Promise<void> {
  const rows = await db
    .selectFrom('leaderboard_racers')
    .select(['id', 'alias', 'merged_into'])
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  const taken = new Set<string>();
  const free = (name: string, id: string): string => {
    const own = taken.has(name) ? `${name}\u0001${id}` : name;
    taken.add(own);
    return own;
  };
  const keys = rows.map(({ id, alias, merged_into }) => {
    const { key, look } = merged_into === null ? aliasKeys(alias) : { key: alias, look: alias };
    return { id, alias_key: free(`key ${key}`, id).slice(4), alias_look: free(`look ${look}`, id).slice(5) };
  });
  // None may meet the old key of one that comes later.
  for (const { id } of keys)
    await db
      .updateTable('leaderboard_racers')
      .set({ alias_key: `\u0001${id}` })
      .where('id', '=', id)
      .execute();
  for (const { id, alias_key, alias_look } of keys)
    await db.updateTable('leaderboard_racers').set({ alias_key, alias_look }).where('id', '=', id).execute();
}
