import type { Readable } from 'node:stream';
import { type EpochMs, PitwallError, type Sha256 } from '@pitwall/protocol';
import { type OwnModel, ownModelsLimit, type UploadedModel } from '@pitwall/protocol/api';
import type { FileBlobStore } from '@pitwall/runtime';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import { keepChecked, type ModelDoor } from './door.js';
import type { GarageTables, ModelRow } from './tables.js';

/** The racers' archives, uploaded by themselves or by the pit crew, for cars to fetch. */
export class Models {
  readonly #store: Store;
  readonly #blobs: FileBlobStore;
  readonly #check: ModelDoor;
  readonly #now: () => number;

  constructor(store: Store, blobs: FileBlobStore, check: ModelDoor, now: () => number = Date.now) {
    this.#store = store;
    this.#blobs = blobs;
    this.#check = check;
    this.#now = now;
  }

  /** @throws PitwallError `output-failed` */
  async start(): Promise<void> {
    await this.#blobs.start();
  }

  /**
   * Keeps a model, after the checks that a car makes; uploaded again it gets the new name. With a description, which is what a
   * pitwall.yaml says, the described model is checked and kept.
   * @throws PitwallError `archive-invalid` and whatever else is wrong with it, `archive-too-large`, `output-failed`, `request-refused`
   */
  async keep(name: string, stream: Readable, by: string, description?: string): Promise<UploadedModel> {
    const { hash, size } = await keepChecked(this.#check, this.#blobs, stream, {
      description,
      isKnown: async (known) => (await this.#row(known)) !== undefined,
    });
    const row: ModelRow = { hash, name, bytes: size, uploaded_by: by, uploaded_at: this.#now() };
    const { hash: _, ...again } = row;
    await this.#db
      .insertInto('garage_models')
      .values(row)
      .onConflict((conflict) => conflict.column('hash').doUpdateSet(again))
      .execute();
    return uploaded(row);
  }

  /**
   * Keeps a racer's model under the racer's own name for it. Others who have the same archive, and the crew, call it as before.
   * @throws PitwallError as {@link keep}; `models-full`
   */
  async keepFor(racer: string, name: string, stream: Readable, description?: string): Promise<OwnModel> {
    const { count } = await this.#reading
      .selectFrom('garage_racer_models')
      .select((to) => to.fn.countAll<number>().as('count'))
      .where('racer', '=', racer)
      .executeTakeFirstOrThrow();
    if (Number(count) >= ownModelsLimit)
      throw new PitwallError('models-full', `You keep ${ownModelsLimit} models here already: delete one first.`);
    const { hash, size } = await keepChecked(this.#check, this.#blobs, stream, {
      description,
      isKnown: async (known) => (await this.#row(known)) !== undefined,
    });
    const now = this.#now();
    await this.#db.transaction().execute(async (db) => {
      await db
        .insertInto('garage_models')
        .values({ hash, name, bytes: size, uploaded_by: racer, uploaded_at: now })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await db
        .insertInto('garage_racer_models')
        .values({ racer, hash, name, uploaded_at: now })
        .onConflict((conflict) => conflict.columns(['racer', 'hash']).doUpdateSet({ name, uploaded_at: now }))
        .execute();
    });
    return { hash: hash as Sha256, name, bytes: size, uploadedAt: now as EpochMs };
  }

  /** A racer's own, the newest first; without those whose archives the crew deleted. */
  async of(racer: string): Promise<OwnModel[]> {
    const rows = await this.#reading
      .selectFrom('garage_racer_models')
      .innerJoin('garage_models', 'garage_models.hash', 'garage_racer_models.hash')
      .select([
        'garage_racer_models.hash',
        'garage_racer_models.name',
        'garage_models.bytes',
        'garage_racer_models.uploaded_at',
      ])
      .where('racer', '=', racer)
      .orderBy('garage_racer_models.uploaded_at', 'desc')
      .orderBy('garage_racer_models.hash')
      .execute();
    return rows.map(({ hash, name, bytes, uploaded_at }) => ({
      hash: hash as Sha256,
      name,
      bytes,
      uploadedAt: uploaded_at as EpochMs,
    }));
  }

  /** The racer's no more. The archive stays: races name it. */
  async forget(racer: string, hash: Sha256): Promise<void> {
    await this.#db.deleteFrom('garage_racer_models').where('racer', '=', racer).where('hash', '=', hash).execute();
  }

  /** The newest first. */
  async list(): Promise<UploadedModel[]> {
    const rows = await this.#reading.selectFrom('garage_models').selectAll().orderBy('uploaded_at', 'desc').execute();
    return rows.map(uploaded);
  }

  /** @throws PitwallError `not-found` */
  async about(hash: Sha256): Promise<UploadedModel> {
    const row = await this.#row(hash);
    if (row === undefined) throw new PitwallError('not-found', `No model ${hash.slice(0, 12)} was uploaded here.`);
    return uploaded(row);
  }

  /** @throws PitwallError `not-found` */
  async read(hash: Sha256): Promise<{ readonly bytes: number; readonly stream: Readable }> {
    const { bytes } = await this.about(hash);
    return { bytes, stream: await this.#blobs.get(hash) };
  }

  /** Cars keep their copies. A model that is not there is deleted already. */
  async delete(hash: Sha256): Promise<void> {
    await this.#db.deleteFrom('garage_racer_models').where('hash', '=', hash).execute();
    await this.#db.deleteFrom('garage_models').where('hash', '=', hash).execute();
    await this.#blobs.delete(hash);
  }

  async #row(hash: Sha256): Promise<ModelRow | undefined> {
    return await this.#reading.selectFrom('garage_models').selectAll().where('hash', '=', hash).executeTakeFirst();
  }

  get #db(): Kysely<GarageTables> {
    return this.#store.as<GarageTables>();
  }

  get #reading(): Kysely<GarageTables> {
    return this.#store.reading<GarageTables>();
  }
}

const uploaded = ({ hash, name, bytes, uploaded_by, uploaded_at }: ModelRow): UploadedModel => ({
  hash: hash as Sha256,
  name,
  bytes,
  uploadedBy: uploaded_by,
  uploadedAt: uploaded_at as EpochMs,
});
