import { PitwallError, type RacerId, type Sha256 } from '@pitwall/protocol';
import type { Submission, SubmissionList, SubmittedModel } from '@pitwall/protocol/api';
import type { Blob, BlobStore } from '@pitwall/runtime';
import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { keepChecked, type ModelDoor } from '../garage/index.js';
import {
  type Entries,
  type OnlineRaces,
  takeFromQuota,
  type Viewer,
  type VisibleRace,
  type VisibleRaces,
} from '../online-races/index.js';
import { type Store, withTables } from '../store/index.js';
import { jobOf } from './job.js';
import type { EvaluationQueue } from './queue.js';
import { type BoardView, submissionsFrom } from './status.js';
import type { SubmissionRow, SubmissionTables } from './tables.js';

export interface SubmissionsOptions {
  readonly store: Store;
  readonly visible: VisibleRaces;
  readonly races: OnlineRaces;
  readonly entries: Entries;
  readonly queue: EvaluationQueue;
  readonly blobs: BlobStore;
  /** Looks at a model as a car does. */
  readonly check: ModelDoor;
  readonly board: BoardView;
  /** The controller's clock, ms since 1970. */
  readonly now: () => number;
  /** Something waits in the queue, or a result must be taken back. */
  readonly changed: () => void;
}

/** A model as it is sent: the archive itself, or one that the racer sent before. */
export type Sent =
  | {
      readonly archive: AsyncIterable<Uint8Array>;
      readonly name: string;
      /** What a pitwall.yaml would say. */
      readonly description?: string | undefined;
    }
  | { readonly hash: Sha256; readonly name?: string | undefined };

/** A submission as whoever asked may see it. */
export interface SeenSubmission {
  readonly row: SubmissionRow;
  readonly submission: Submission;
  /** Whether it is the asker's own, or the asker the organizer. */
  readonly own: boolean;
}

/** Models entered online: taken in, taken back, and what became of them. */
export class Submissions {
  readonly #options: SubmissionsOptions;

  constructor(options: SubmissionsOptions) {
    this.#options = options;
  }

  /** @throws PitwallError `not-found`, `race-refused`, `race-closed`, `quota-reached`, `archive-too-large`, and what is wrong with the model. */
  async submit(race: string, sent: Sent, viewer: Viewer): Promise<Submission> {
    const { visible, now } = this.#options;
    const seen = await visible.see(race, viewer);
    const racer = viewer.who?.name ?? '';
    if (seen.role !== 'entered')
      throw new PitwallError('race-refused', `Enter the race first: ${racer} has no entry in it.`);
    // Known before the upload what will be true after it, too.
    this.#demandOpen(seen);
    const { blob, name } = await this.#keep(sent, racer);
    const row = this.#row(seen, { racer, blob, name });
    try {
      await this.#db.transaction().execute(async (db) => {
        const transaction = withTables<never>(db);
        await takeFromQuota(transaction, race, racer, now());
        const turn = await this.#options.queue.turnFor(transaction, racer);
        await db
          .insertInto('submissions')
          .values({ ...row, turn, submitted_at: now() })
          .execute();
      });
    } catch (error) {
      await this.#dropUnused(blob.hash);
      throw error;
    }
    this.#options.changed();
    return await this.get(race, row.id, viewer);
  }

  /** One's own, or all to the organizer, the newest first. */
  async list(race: string, viewer: Viewer, limit: number, cursor?: string): Promise<SubmissionList> {
    const { role } = await this.#options.visible.see(race, viewer);
    if (role === 'guest') return { submissions: [], next: null };
    const rows = await this.#reading
      .selectFrom('submissions')
      .selectAll()
      .where('race', '=', race)
      .$if(role !== 'organizer', (query) => query.where('racer', '=', viewer.who?.name ?? ''))
      .$if(cursor !== undefined, (query) => query.where('id', '<', cursor ?? ''))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    const next = rows.length === limit ? (rows.at(-1)?.id ?? null) : null;
    return { submissions: await this.#shown(rows), next };
  }

  /** @throws PitwallError `not-found`. */
  async get(race: string, id: string, viewer: Viewer): Promise<Submission> {
    return (await this.see(race, id, viewer)).submission;
  }

  /** As {@link see}, for what is its racer's and the organizer's. @throws PitwallError `not-found`, `access-denied`. */
  async seeOwn(race: string, id: string, viewer: Viewer): Promise<SeenSubmission> {
    const seen = await this.see(race, id, viewer);
    if (!seen.own) throw new PitwallError('access-denied', 'Only its racer and the organizer may do this.');
    return seen;
  }

  /** One's own, or one that is ranked. @throws PitwallError `not-found`. */
  async see(race: string, id: string, viewer: Viewer): Promise<SeenSubmission> {
    const { role } = await this.#options.visible.see(race, viewer);
    const row = await this.#reading
      .selectFrom('submissions')
      .selectAll()
      .where('id', '=', id)
      .where('race', '=', race)
      .executeTakeFirst();
    const [submission] = row === undefined ? [] : await this.#shown([row]);
    const own = role === 'organizer' || (role === 'entered' && row?.racer === viewer.who?.name);
    if (row === undefined || submission === undefined || (!own && submission.status.state !== 'ranked'))
      throw new PitwallError('not-found', `There is no submission ${id} in race ${race}.`);
    return { row, submission, own };
  }

  /** @throws PitwallError `not-found`, `access-denied`, `race-refused` where there is nothing left to cancel. */
  async cancel(race: string, id: string, viewer: Viewer): Promise<Submission> {
    const { row } = await this.seeOwn(race, id, viewer);
    const { queue, now } = this.#options;
    const was = await this.#db
      .transaction()
      .execute(async (db) => await queue.cancel(withTables<never>(db), row.id, now()));
    if (was === undefined)
      throw new PitwallError('race-refused', 'The submission was evaluated already; there is nothing to cancel.');
    return await this.get(race, id, viewer);
  }

  /** What a racer sent before, the latest first. */
  async models(racer: string): Promise<SubmittedModel[]> {
    const rows = await this.#reading
      .selectFrom('submissions')
      .innerJoin('submission_blobs', 'submission_blobs.hash', 'submissions.model_hash')
      .select(['model_hash', 'model_name', 'submissions.bytes', 'submitted_at'])
      .where('racer', '=', racer)
      .orderBy('submissions.id', 'desc')
      .limit(1000)
      .execute();
    const models = new Map<string, SubmittedModel>();
    for (const { model_hash, model_name, bytes, submitted_at } of rows)
      if (!models.has(model_hash))
        models.set(model_hash, {
          hash: model_hash,
          name: model_name,
          bytes,
          lastSubmittedAt: submitted_at,
        } as SubmittedModel);
    return [...models.values()];
  }

  /** A racer is out of a race: what waits is cancelled, what is on the board is taken off. */
  async removeEntry(race: string, out: { racer: RacerId; reason: string }, viewer: Viewer): Promise<void> {
    const { entries, queue, now } = this.#options;
    await entries.remove(race, out, viewer, async (transaction) => {
      const db = withTables<SubmissionTables>(transaction);
      const rows = await db
        .selectFrom('submissions')
        .select('id')
        .where('race', '=', race)
        .where('racer', '=', out.racer)
        .execute();
      for (const { id } of rows) await queue.cancel(transaction, id, now());
      await db
        .updateTable('submissions')
        .set((to) => ({
          withdrawn: 1,
          due: to.case().when('published', '=', 1).then(1).else(to.ref('due')).end(),
        }))
        .where('race', '=', race)
        .where('racer', '=', out.racer)
        .where('state', '=', 'evaluated')
        .execute();
    });
    this.#options.changed();
  }

  /** The race is gone, with everything that was sent to it. */
  async deleteRace(race: string, viewer: Viewer): Promise<void> {
    await this.#options.races.delete(race, viewer);
    const rows = await this.#reading
      .selectFrom('submissions')
      .select(['id', 'model_hash'])
      .where('race', '=', race)
      .execute();
    const files = await this.#reading
      .selectFrom('submission_files')
      .select('hash')
      .where('submission', 'in', (to) => to.selectFrom('submissions').select('id').where('race', '=', race))
      .execute();
    await this.#db.transaction().execute(async (db) => {
      await db
        .deleteFrom('submission_files')
        .where('submission', 'in', (to) => to.selectFrom('submissions').select('id').where('race', '=', race))
        .execute();
      await db.deleteFrom('submissions').where('race', '=', race).execute();
    });
    const hashes = [...rows.map(({ model_hash }) => model_hash), ...files.map(({ hash }) => hash)];
    for (const hash of new Set(hashes)) await this.#dropUnused(hash);
  }

  #demandOpen({ setup, entry }: VisibleRace): void {
    const now = this.#options.now();
    const { name, opensAt, closesAt, quota } = setup;
    if (now < opensAt) throw new PitwallError('race-closed', `${name} has not opened yet.`, { details: { opensAt } });
    if (now >= closesAt) throw new PitwallError('race-closed', `${name} is closed.`, { details: { closesAt } });
    if (quota.submissions !== null && entry !== undefined && entry.submissions >= quota.submissions)
      throw new PitwallError('quota-reached', `All ${quota.submissions} submissions in ${name} are used.`);
  }

  async #keep(sent: Sent, racer: string): Promise<{ blob: Blob; name: string }> {
    if ('archive' in sent) {
      const { check, blobs } = this.#options;
      const blob = await keepChecked(check, blobs, sent.archive, {
        description: sent.description,
        isKnown: async (hash) => await this.#isUsed(hash),
      });
      return { blob, name: sent.name };
    }
    const known = (await this.models(racer)).find(({ hash }) => hash === sent.hash);
    if (known === undefined)
      throw new PitwallError('not-found', `You sent no model ${sent.hash.slice(0, 12)}; send its archive.`);
    return { blob: { hash: known.hash, size: known.bytes }, name: sent.name ?? known.name };
  }

  #row({ race, setup }: VisibleRace, { racer, blob, name }: { racer: string; blob: Blob; name: string }) {
    return {
      id: uuidv7(),
      race,
      racer,
      model_hash: blob.hash,
      model_name: name,
      bytes: blob.size,
      job: JSON.stringify(jobOf(setup)),
      state: 'queued' as const,
    };
  }

  async #shown(rows: readonly SubmissionRow[]): Promise<Submission[]> {
    return await submissionsFrom(rows, this.#reading, this.#options.board);
  }

  async #dropUnused(hash: Sha256): Promise<void> {
    if (!(await this.#isUsed(hash))) await this.#options.blobs.delete(hash);
  }

  async #isUsed(hash: Sha256): Promise<boolean> {
    const used = await this.#reading
      .selectFrom('submissions')
      .select('id')
      .where('model_hash', '=', hash)
      .limit(1)
      .executeTakeFirst();
    const kept = await this.#reading
      .selectFrom('submission_files')
      .select('hash')
      .where('hash', '=', hash)
      .limit(1)
      .executeTakeFirst();
    return used !== undefined || kept !== undefined;
  }

  get #db(): Kysely<SubmissionTables> {
    return this.#options.store.as<SubmissionTables>();
  }

  get #reading(): Kysely<SubmissionTables> {
    return this.#options.store.reading<SubmissionTables>();
  }
}
