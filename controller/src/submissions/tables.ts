import type { Sha256 } from '@pitwall/protocol';
import { type Generated, type Kysely, PostgresAdapter, type Selectable, sql } from 'kysely';
import type { Migrations } from '../store/index.js';

interface SubmissionTable {
  /** Also the id of its result. */
  id: string;
  race: string;
  racer: string;
  model_hash: Sha256;
  model_name: string;
  bytes: number;
  submitted_at: number;
  /** What a worker is to do: {@link EvaluationJob} as JSON. */
  job: string;
  state: 'queued' | 'running' | 'evaluated' | 'failed' | 'cancelled';
  /** The lowest is next; a racer's second waits for everyone's first. */
  turn: number;
  /** How often a worker took it. */
  attempts: Generated<number>;
  worker: string | null;
  lease_until: number | null;
  cancel: Generated<number>;
  progress: string | null;
  evaluation: string | null;
  score: number | null;
  best_lap: number | null;
  code: string | null;
  reason: string | null;
  done_at: number | null;
  withdrawn: Generated<number>;
  /** The revision of the result that was handed to the outbox. */
  published: Generated<number>;
  /** 1 where the registrar has something to do. */
  due: Generated<number>;
}

export type SubmissionRow = Selectable<SubmissionTable>;

export interface FileRow {
  submission: string;
  kind: 'report' | 'replay' | 'metrics' | 'simtrace';
  /** Empty for what is about all of them. */
  checkpoint: string;
  hash: Sha256;
  bytes: number;
}

export interface SubmissionTables {
  submissions: SubmissionTable;
  submission_files: FileRow;
  submission_blobs: { hash: Sha256; upload: string; bytes: number };
  submission_blob_parts: { upload: string; part: number; data: Buffer };
}

export const submissionMigrations: Migrations = {
  'submissions-0001-queue': {
    up: async (db: Kysely<never>) => {
      // Bytes are the one thing for which the engines share no type.
      const bytes = db.getExecutor().adapter instanceof PostgresAdapter ? sql`bytea` : sql`blob`;
      const text = ['race', 'racer', 'model_hash', 'model_name', 'job', 'state'];
      const numbers = ['bytes', 'submitted_at', 'turn', 'attempts', 'cancel', 'withdrawn', 'published', 'due'];
      const maybeText = ['worker', 'progress', 'evaluation', 'code', 'reason'];
      const maybeNumbers = ['lease_until', 'score', 'best_lap', 'done_at'];
      let table = db.schema.createTable('submissions').addColumn('id', 'text', (column) => column.primaryKey());
      for (const name of text) table = table.addColumn(name, 'text', (column) => column.notNull());
      for (const name of numbers)
        table = table.addColumn(name, 'bigint', (column) => column.notNull().defaultTo(sql`0`));
      for (const name of maybeText) table = table.addColumn(name, 'text');
      for (const name of maybeNumbers) table = table.addColumn(name, 'bigint');
      await table.execute();
      const indexes = {
        queue: ['state', 'turn', 'id'],
        of_racer: ['racer', 'state'],
        of_race: ['race', 'id'],
        due: ['due'],
      };
      for (const [name, columns] of Object.entries(indexes))
        await db.schema.createIndex(`submissions_${name}`).on('submissions').columns(columns).execute();
      await db.schema
        .createTable('submission_files')
        .addColumn('submission', 'text', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('checkpoint', 'text', (column) => column.notNull())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addColumn('bytes', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('submission_files_once', ['submission', 'kind', 'checkpoint'])
        .execute();
      await db.schema
        .createTable('submission_blobs')
        .addColumn('hash', 'text', (column) => column.primaryKey())
        .addColumn('upload', 'text', (column) => column.notNull())
        .addColumn('bytes', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('submission_blob_parts')
        .addColumn('upload', 'text', (column) => column.notNull())
        .addColumn('part', 'bigint', (column) => column.notNull())
        .addColumn('data', bytes, (column) => column.notNull())
        .addPrimaryKeyConstraint('submission_blob_parts_once', ['upload', 'part'])
        .execute();
    },
  },
};
