import { Readable } from 'node:stream';
import { isPitwallError, PitwallError, type Sha256 } from '@pitwall/protocol';
import { type Blob, type BlobStore, hashed } from '@pitwall/runtime';
import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Store } from '../store/index.js';
import type { SubmissionTables } from './tables.js';

const partBytes = 2 ** 20;

/** Blobs in the database, in parts of a megabyte: whoever reaches it reaches them, and a backup of it has them. */
export class DatabaseBlobStore implements BlobStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async put(stream: AsyncIterable<Uint8Array>, limit: number): Promise<Blob> {
    const upload = uuidv7();
    try {
      const blob = await this.#write(upload, stream, limit);
      const { numInsertedOrUpdatedRows } = await this.#db
        .insertInto('submission_blobs')
        .values({ hash: blob.hash, bytes: blob.size, upload })
        .onConflict((conflict) => conflict.column('hash').doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 0n) await this.#forget(upload);
      return blob;
    } catch (error) {
      await this.#forget(upload).catch(() => undefined);
      throw isPitwallError(error) ? error : unkept(error);
    }
  }

  async get(hash: Sha256): Promise<Readable> {
    const blob = await this.#reading
      .selectFrom('submission_blobs')
      .select('upload')
      .where('hash', '=', hash)
      .executeTakeFirst();
    if (blob === undefined) throw new PitwallError('not-found', `There is no blob ${hash.slice(0, 12)} here.`);
    return Readable.from(this.#parts(blob.upload), { objectMode: false });
  }

  async size(hash: Sha256): Promise<number | undefined> {
    const row = await this.#reading
      .selectFrom('submission_blobs')
      .select('bytes')
      .where('hash', '=', hash)
      .executeTakeFirst();
    return row?.bytes;
  }

  async delete(hash: Sha256): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      const row = await db
        .deleteFrom('submission_blobs')
        .where('hash', '=', hash)
        .returning('upload')
        .executeTakeFirst();
      if (row !== undefined) await db.deleteFrom('submission_blob_parts').where('upload', '=', row.upload).execute();
    });
  }

  /** Forgets uploads that a process began and did not finish, a day ago or earlier. */
  async forgetUnfinished(now: number): Promise<void> {
    const before = uuidv7({ msecs: now - 86_400_000 });
    await this.#db
      .deleteFrom('submission_blob_parts')
      .where('upload', '<', before)
      .where('upload', 'not in', (to) => to.selectFrom('submission_blobs').select('upload'))
      .execute();
  }

  async #write(upload: string, stream: AsyncIterable<Uint8Array>, limit: number): Promise<Blob> {
    let part = 0;
    let waiting: Uint8Array[] = [];
    let waits = 0;
    const flush = async () => {
      const data = Buffer.concat(waiting);
      waiting = [];
      waits = 0;
      await this.#db.insertInto('submission_blob_parts').values({ upload, part: part++, data }).execute();
    };
    const blob = await hashed(stream, limit, async (chunk) => {
      waiting.push(chunk);
      waits += chunk.length;
      if (waits >= partBytes) await flush();
    });
    if (waits > 0) await flush();
    return blob;
  }

  async *#parts(upload: string): AsyncGenerator<Buffer> {
    for (let part = 0; ; part += 1) {
      const row = await this.#reading
        .selectFrom('submission_blob_parts')
        .select('data')
        .where('upload', '=', upload)
        .where('part', '=', part)
        .executeTakeFirst();
      if (row === undefined) return;
      yield row.data;
    }
  }

  async #forget(upload: string): Promise<void> {
    await this.#db.deleteFrom('submission_blob_parts').where('upload', '=', upload).execute();
  }

  get #db(): Kysely<SubmissionTables> {
    return this.#store.as<SubmissionTables>();
  }

  get #reading(): Kysely<SubmissionTables> {
    return this.#store.reading<SubmissionTables>();
  }
}

const unkept = (cause: unknown) =>
  new PitwallError('store-unavailable', 'The upload could not be kept: is the disk full? Send it again.', { cause });
