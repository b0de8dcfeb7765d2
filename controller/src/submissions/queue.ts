import type { ErrorCode } from '@pitwall/protocol';
import type { EvaluationProgress } from '@pitwall/protocol/api';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { returnToQuota } from '../online-races/index.js';
import { type Store, withTables } from '../store/index.js';
import type { FileRow, SubmissionRow, SubmissionTables } from './tables.js';

/** A submission that a worker holds. What it writes counts as long as it is still this attempt of this worker. */
export type Taken = SubmissionRow & { readonly worker: string };

export interface Finished {
  /** JSON of the evaluation. */
  readonly evaluation: string;
  readonly score: number | null;
  readonly bestLap: number | null;
  /** Why it is not ranked; null where it is. */
  readonly reason: string | null;
  readonly files: readonly Omit<FileRow, 'submission'>[];
}

export interface Failure {
  readonly code: ErrorCode;
  readonly reason: string;
}

export interface QueueOptions {
  /** How long a worker may be silent, ms. */
  readonly leaseMs: number;
  /** How often a submission is taken until it has failed. */
  readonly attempts: number;
}

/** The worker does not hold the submission any more: cancelled, or it was silent for too long. */
export class LostJob extends Error {}

/**
 * Who is next, and who holds what. Any number of workers on any machine: PostgreSQL skips what another is just taking,
 * SQLite writes one after another. Leases run by the database's clock, since workers' clocks differ.
 */
export class EvaluationQueue {
  readonly #store: Store;
  readonly #options: QueueOptions;

  constructor(store: Store, options: QueueOptions) {
    this.#store = store;
    this.#options = options;
  }

  get leaseMs(): number {
    return this.#options.leaseMs;
  }

  /**
   * The turn of one more submission of a racer: behind those the racer has, and beside whoever is next, so that nobody's
   * one waits for somebody's fifty.
   */
  async turnFor(transaction: Kysely<never>, racer: string): Promise<number> {
    const db = withTables<SubmissionTables>(transaction);
    const next = await db
      .selectFrom('submissions')
      .select('turn')
      .where('state', '=', 'queued')
      .orderBy('turn')
      .orderBy('id')
      .limit(1)
      .executeTakeFirst();
    const own = await db
      .selectFrom('submissions')
      .select((to) => to.fn.max('turn').as('turn'))
      .where('racer', '=', racer)
      .where('state', 'in', ['queued', 'running'])
      .executeTakeFirst();
    const first = next?.turn ?? 0;
    return own?.turn === null || own === undefined ? first : Math.max(Number(own.turn) + 1, first);
  }

  /** The next submission, held by the worker from now on; undefined where none waits. */
  async take(worker: string): Promise<Taken | undefined> {
    const row = await this.#db
      .updateTable('submissions')
      .set((to) => ({
        state: 'running' as const,
        worker,
        lease_until: this.#soon(),
        attempts: to('attempts', '+', 1),
        progress: null,
      }))
      .where('id', '=', (to) => {
        const next = to
          .selectFrom('submissions')
          .select('id')
          .where('state', '=', 'queued')
          .orderBy('turn')
          .orderBy('id')
          .limit(1);
        return this.#store.engine === 'postgres' ? next.forUpdate().skipLocked() : next;
      })
      .returningAll()
      .executeTakeFirst();
    return row as Taken | undefined;
  }

  /** Holds on, and says how far it is. Whether to go on: false where it was cancelled, or another worker has it. */
  async hold(taken: Taken, progress?: EvaluationProgress): Promise<boolean> {
    const row = await this.#db
      .updateTable('submissions')
      .set({ lease_until: this.#soon(), ...(progress === undefined ? {} : { progress: JSON.stringify(progress) }) })
      .where('id', '=', taken.id)
      .where('worker', '=', taken.worker)
      .where('attempts', '=', taken.attempts)
      .where('state', '=', 'running')
      .returning('cancel')
      .executeTakeFirst();
    return row !== undefined && row.cancel === 0;
  }

  /** What was cancelled meanwhile is cancelled, however far it came. @throws LostJob */
  async finish(taken: Taken, { files, evaluation, score, bestLap, reason }: Finished): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      const finished = await this.#end(db, taken, {
        state: 'evaluated',
        evaluation,
        score,
        best_lap: bestLap,
        reason,
        due: score === null ? 0 : 1,
      });
      if (finished && files.length > 0)
        await db
          .insertInto('submission_files')
          .values(files.map((file) => ({ ...file, submission: taken.id })))
          .execute();
    });
  }

  /** For good: it says why, and costs the racer nothing of the quota. @throws LostJob */
  async fail(taken: Taken, { code, reason }: Failure): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      const failed = await this.#end(db, taken, { state: 'failed', code, reason });
      if (failed) await returnToQuota(withTables<never>(db), taken.race, taken.racer);
    });
  }

  /** Back to the queue after something that was not the model's fault; fails it where that was the last attempt. */
  async giveUp(taken: Taken, failure: Failure): Promise<void> {
    if (taken.attempts >= this.#options.attempts) await this.fail(taken, failure);
    else await this.#release(taken, taken.attempts);
  }

  /** Back to the queue as if it had not been taken: the worker stops. */
  async putBack(taken: Taken): Promise<void> {
    await this.#release(taken, taken.attempts - 1);
  }

  /**
   * Cancels what waits, at once, and what runs, as soon as its worker hears of it: it ends in nothing else any more. Answers
   * what it was; undefined where there was nothing to cancel.
   */
  async cancel(transaction: Kysely<never>, id: string, now: number): Promise<'queued' | 'running' | undefined> {
    const db = withTables<SubmissionTables>(transaction);
    const row = await db
      .updateTable('submissions')
      .set((to) => ({
        cancel: 1,
        state: to
          .case()
          .when('state', '=', 'queued')
          .then('cancelled' as const)
          .else(to.ref('state'))
          .end(),
        done_at: to.case().when('state', '=', 'queued').then(now).else(to.ref('done_at')).end(),
      }))
      .where('id', '=', id)
      .where('state', 'in', ['queued', 'running'])
      .where('cancel', '=', 0)
      .returning(['state', 'race', 'racer'])
      .executeTakeFirst();
    if (row === undefined) return undefined;
    if (row.state === 'running') return 'running';
    // While it waited nothing was done for it.
    await returnToQuota(transaction, row.race, row.racer);
    return 'queued';
  }

  /** @throws LostJob */
  async cancelled(taken: Taken): Promise<void> {
    await this.#end(this.#db, taken, { state: 'cancelled' });
  }

  /** Takes back what dead workers hold: into the queue, or, after so many attempts, as failed. Answers how many. */
  async sweep(): Promise<number> {
    const rows = (await this.#db
      .selectFrom('submissions')
      .selectAll()
      .where('state', '=', 'running')
      .where('lease_until', '<', this.#now())
      .limit(100)
      .execute()) as Taken[];
    let freed = 0;
    for (const row of rows) {
      // Another worker may sweep as well, or the silent one finish now: whoever is first has it.
      try {
        await this.giveUp(row, {
          code: 'evaluation-crashed',
          reason: `The evaluation was lost ${row.attempts} times: its worker died or was silent. Submit the model again.`,
        });
        freed += 1;
      } catch (error) {
        if (!(error instanceof LostJob)) throw error;
      }
    }
    return freed;
  }

  async #release(taken: Taken, attempts: number): Promise<void> {
    await this.#end(this.#db, taken, { state: 'queued', done_at: null, worker: null, progress: null, attempts });
  }

  /** Whether it ended so; false where it was cancelled, and ended in that. */
  async #end(db: Kysely<SubmissionTables>, taken: Taken, values: Partial<SubmissionRow>): Promise<boolean> {
    const ended = { done_at: this.#now(), lease_until: null, progress: null };
    for (const cancel of [0, 1]) {
      const { numUpdatedRows } = await db
        .updateTable('submissions')
        .set({ ...ended, ...(cancel === 0 ? values : { state: 'cancelled' as const }) })
        .where('id', '=', taken.id)
        .where('worker', '=', taken.worker)
        .where('attempts', '=', taken.attempts)
        .where('state', '=', 'running')
        .where('cancel', '=', cancel)
        .executeTakeFirst();
      if (numUpdatedRows > 0n) return cancel === 0;
    }
    throw new LostJob(`submission ${taken.id} is held by this worker no more`);
  }

  #now(): RawBuilder<number> {
    return this.#store.engine === 'postgres'
      ? sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`
      : sql<number>`${Date.now()}`;
  }

  #soon(): RawBuilder<number> {
    return sql<number>`${this.#now()} + ${sql.lit(this.#options.leaseMs)}`;
  }

  get #db(): Kysely<SubmissionTables> {
    return this.#store.as<SubmissionTables>();
  }
}
