import { errorLine, type LeaderboardId, parseJson } from '@pitwall/protocol';
import { Evaluation, type OnlineSetup, type ResultInput } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import { entryOf } from '../online-races/index.js';
import { type Store, withTables } from '../store/index.js';
import { chosenLaps } from './evaluation-score.js';
import type { SubmissionRow, SubmissionTables } from './tables.js';

export interface RegistrarOptions {
  readonly store: Store;
  /** Puts a result into the outbox, in the caller's transaction; what is by invitation goes nowhere but here. */
  readonly enqueue: (
    transaction: Kysely<never>,
    leaderboard: LeaderboardId,
    result: ResultInput,
    access: OnlineSetup['access'],
  ) => Promise<void>;
  /** Something is in the outbox. */
  readonly wake: () => void;
  readonly source: string;
  readonly log: (message: string) => void;
}

/** How often the table is looked into, ms: workers on other machines write there. */
const pollMs = 500;
const together = 50;

/** Makes results of finished evaluations and hands them to the outbox, which signs and sends them as any other. */
export class Registrar {
  readonly #options: RegistrarOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = true;

  constructor(options: RegistrarOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopped = false;
    this.wake();
  }

  /** Looks now. */
  wake(): void {
    if (this.#stopped || this.#running !== undefined) return;
    clearTimeout(this.#timer);
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (!this.#stopped) this.#timer = setTimeout(() => this.wake(), pollMs).unref();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      const rows = await this.#db
        .selectFrom('submissions')
        .select('id')
        .where('due', '=', 1)
        .orderBy('done_at')
        .limit(together)
        .execute();
      for (const { id } of rows) await this.#register(id);
      if (rows.length > 0) this.#options.wake();
    } catch (error) {
      this.#options.log(`results of evaluations: ${errorLine(error)}`);
    }
  }

  /** Marked and handed over in one transaction: once, whoever looks at the same time. */
  async #register(id: string): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      const row = await db
        .updateTable('submissions')
        .set((to) => ({ due: 0, published: to('published', '+', 1) }))
        .where('id', '=', id)
        .where('due', '=', 1)
        .returningAll()
        .executeTakeFirst();
      if (row === undefined || row.evaluation === null) return;
      // Taken back before it was ever sent.
      if (row.withdrawn === 1 && row.published === 1) return;
      const transaction = withTables<never>(db);
      const entry = await entryOf(transaction, row.race, row.racer);
      if (entry === undefined) return;
      const result = resultOf(row, entry, this.#options.source);
      await this.#options.enqueue(transaction, row.race as LeaderboardId, result, entry.access);
    });
  }

  get #db() {
    return this.#options.store.as<SubmissionTables>();
  }
}

/** A submission's result. Its time is that of the submission: who submitted first is first among equals. */
export function resultOf(
  row: SubmissionRow,
  { alias, country }: { readonly alias: string; readonly country?: string | undefined },
  source: string,
): ResultInput {
  const evaluation = parseJson(Evaluation, row.evaluation ?? '', `The evaluation of ${row.id}`, 'internal-error');
  const { track, rules, simulatorVersion, seed, chosen } = evaluation;
  const model = { hash: evaluation.model.hash, name: row.model_name };
  return {
    resultId: row.id,
    revision: row.published,
    withdrawn: row.withdrawn === 1,
    racer: row.racer,
    alias,
    ...(country === undefined ? {} : { country }),
    finishedAt: row.submitted_at,
    track,
    rules,
    model,
    laps: chosenLaps(evaluation).flatMap(({ lap, time, resets, offTracks }) =>
      time === null
        ? []
        : [{ lap, time, penalty: 0, uncertainty: 0, valid: true, resets, offTracks, model: model.hash }],
    ),
    provenance: { kind: 'virtual', source, race: row.race, simulatorVersion, seed, checkpoint: chosen },
  } as ResultInput;
}
