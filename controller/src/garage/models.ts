import type { Readable } from 'node:stream';
import { type EpochMs, PitwallError, type Sha256 } from '@pitwall/protocol';
import type { UploadedModel } from '@pitwall/protocol/api';
import type { FileBlobStore } from '@pitwall/runtime';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import { keepChecked, type ModelDoor } from './door.js';
import type { GarageTables, ModelRow } from './tables.js';

/** The racers' archives that the pit crew uploaded, for cars to fetch. */
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
