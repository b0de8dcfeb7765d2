import type { Readable } from 'node:stream';
import { PitwallError, parseJson, type Sha256 } from '@pitwall/protocol';
import { Evaluation } from '@pitwall/protocol/api';
import type { BlobStore } from '@pitwall/runtime';
import type { Kysely } from 'kysely';
import { type Store, withTables } from '../store/index.js';
import type { EvaluationQueue } from './queue.js';
import type { SubmissionTables } from './tables.js';

interface Options {
  readonly store: Store;
  readonly queue: Pick<EvaluationQueue, 'cancel'>;
  readonly blobs: BlobStore;
  readonly now: () => number;
}

/** What online races keep of a racer's models: for the racer, and to be taken away. */
export class SubmissionsOfRacer {
  readonly name = 'submissions';
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  async kept(racer: string) {
    const rows = await this.#reading
      .selectFrom('submissions')
      .select(['id', 'race', 'model_hash', 'model_name', 'submitted_at', 'state', 'score', 'best_lap', 'evaluation'])
      .where('racer', '=', racer)
      .orderBy('id')
      .execute();
    return rows.map(({ evaluation, ...row }) => ({
      ...row,
      evaluation: evaluation === null ? null : (JSON.parse(evaluation) as unknown),
    }));
  }

  /** The archives. */
  async *files(racer: string): AsyncGenerator<{ name: string; bytes: number; content: Readable }> {
    for (const hash of await this.#archivesOf(racer)) {
      const bytes = await this.#options.blobs.size(hash);
      if (bytes === undefined) continue;
      yield { name: `submitted-models/${hash}.tar.gz`, bytes, content: await this.#options.blobs.get(hash) };
    }
  }

  /** @throws PitwallError `erasure-refused` */
  async demandErasable(racer: string): Promise<void> {
    const running = await this.#reading
      .selectFrom('submissions')
      .select('race')
      .where('racer', '=', racer)
      .where('state', '=', 'running')
      .limit(1)
      .executeTakeFirst();
    if (running !== undefined)
      throw new PitwallError(
        'erasure-refused',
        `A model of this racer is being evaluated in race ${running.race}: cancel it, or wait until it is done.`,
      );
  }

  /** Times stay; archives, replays and what models were called go. What waits is not evaluated. */
  async erase(racer: string): Promise<void> {
    const archives = await this.#archivesOf(racer);
    const files = await this.#filesOf(racer);
    await this.#db.transaction().execute(async (db) => {
      const rows = await db
        .selectFrom('submissions')
        .select(['id', 'model_hash', 'evaluation'])
        .where('racer', '=', racer)
        .execute();
      for (const { id, model_hash, evaluation } of rows) {
        await this.#options.queue.cancel(withTables<never>(db), id, this.#options.now());
        const model_name = model_hash.slice(0, 12);
        const neutral = evaluation === null ? null : withModelName(evaluation, model_name);
        await db.updateTable('submissions').set({ model_name, evaluation: neutral }).where('id', '=', id).execute();
        await db.deleteFrom('submission_files').where('submission', '=', id).execute();
      }
    });
    for (const hash of new Set([...archives, ...files]))
      if (!(await this.#isUsedByOthers(hash, racer))) await this.#options.blobs.delete(hash);
  }

  async #archivesOf(racer: string): Promise<Sha256[]> {
    const rows = await this.#reading
      .selectFrom('submissions')
      .select('model_hash')
      .distinct()
      .where('racer', '=', racer)
      .execute();
    return rows.map(({ model_hash }) => model_hash);
  }

  async #filesOf(racer: string): Promise<Sha256[]> {
    const rows = await this.#reading
      .selectFrom('submission_files')
      .innerJoin('submissions', 'submissions.id', 'submission_files.submission')
      .select('submission_files.hash')
      .where('submissions.racer', '=', racer)
      .execute();
    return rows.map(({ hash }) => hash);
  }

  async #isUsedByOthers(hash: Sha256, racer: string): Promise<boolean> {
    const archive = await this.#reading
      .selectFrom('submissions')
      .select('id')
      .where('model_hash', '=', hash)
      .where('racer', '!=', racer)
      .limit(1)
      .executeTakeFirst();
    const file = await this.#reading
      .selectFrom('submission_files')
      .select('hash')
      .where('hash', '=', hash)
      .limit(1)
      .executeTakeFirst();
    return archive !== undefined || file !== undefined;
  }

  get #db(): Kysely<SubmissionTables> {
    return this.#options.store.as<SubmissionTables>();
  }

  get #reading(): Kysely<SubmissionTables> {
    return this.#options.store.reading<SubmissionTables>();
  }
}

function withModelName(text: string, name: string): string {
  const evaluation = parseJson(Evaluation, text, 'A kept evaluation', 'internal-error');
  return JSON.stringify({ ...evaluation, model: { ...evaluation.model, name } });
}
