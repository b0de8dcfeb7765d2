import type { Readable } from 'node:stream';
import { type EpochMs, PitwallError, type Sha256 } from '@pitwall/protocol';
import type { UploadedModel } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import type { BlobStore } from './blobs.js';
import type { GarageTables, ModelRow } from './tables.js';

/** The racers' archives that the pit crew uploaded, for cars to fetch. */
export class Models {
  readonly #store: Store;
  readonly #blobs: BlobStore;
  readonly #now: () => number;

  constructor(store: Store, blobs: BlobStore, now: () => number = Date.now) {
    this.#store = store;
    this.#blobs = blobs;
    this.#now = now;
  }

  /** @throws PitwallError `output-failed` */
  async start(): Promise<void> {
    await this.#blobs.start();
  }

  /**
   * Keeps an archive; uploaded again it gets the new name. What is in it the car checks, with everything it takes to drive.
   * @throws PitwallError `archive-invalid`, `archive-too-large`, `output-failed`, `request-refused`
   */
  async keep(name: string, stream: Readable, by: string): Promise<UploadedModel> {
    const { hash, size } = await this.#blobs.put(stream);
    if (!(await this.#isGzip(hash))) {
      if ((await this.#row(hash)) === undefined) await this.#blobs.delete(hash);
      throw new PitwallError('archive-invalid', 'This is no .tar.gz file; upload the racer’s archive as it is.');
    }
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
    const rows = await this.#db.selectFrom('garage_models').selectAll().orderBy('uploaded_at', 'desc').execute();
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

  async #isGzip(hash: Sha256): Promise<boolean> {
    const stream = await this.#blobs.get(hash);
    for await (const chunk of stream as AsyncIterable<Buffer>) return chunk[0] === 0x1f && chunk[1] === 0x8b;
    return false;
  }

  async #row(hash: Sha256): Promise<ModelRow | undefined> {
    return await this.#db.selectFrom('garage_models').selectAll().where('hash', '=', hash).executeTakeFirst();
  }

  get #db(): Kysely<GarageTables> {
    return this.#store.as<GarageTables>();
  }
}

const uploaded = ({ hash, name, bytes, uploaded_by, uploaded_at }: ModelRow): UploadedModel => ({
  hash: hash as Sha256,
  name,
  bytes,
  uploadedBy: uploaded_by,
  uploadedAt: uploaded_at as EpochMs,
});
