import { createHash } from 'node:crypto';
import { isPitwallError, PitwallError, type Sha256 } from '@pitwall/protocol';
import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Store } from '../store/index.js';
import type { SubmissionTables } from './tables.js';

export interface Blob {
  readonly hash: Sha256;
  readonly bytes: number;
}

const partBytes = 2 ** 20;

/**
 * Archives and evaluation files by the sha256 of what is in them, in the database: whoever reaches it reaches them, and a
 * backup of it has them. A blob is there whole or not at all; the same bytes twice are one blob.
 */
export class Blobs {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Keeps what the stream gives, up to `limit` bytes.
   * @throws PitwallError `archive-too-large`, `request-refused` where the stream breaks off, `store-unavailable`
   */
  async put(stream: AsyncIterable<Uint8Array>, limit: number): Promise<Blob> {
    const upload = uuidv7();
    try {
      const blob = await this.#write(upload, stream, limit);
      const { numInsertedOrUpdatedRows } = await this.#db
        .insertInto('submission_blobs')
        .values({ ...blob, upload })
        .onConflict((conflict) => conflict.column('hash').doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 0n) await this.#forget(upload);
      return blob;
    } catch (error) {
      await this.#forget(upload).catch(() => undefined);
      throw isPitwallError(error) ? error : unkept(error);
    }
  }

  /** Its bytes, part by part. @throws PitwallError `not-found`. */
  async *get(hash: string): AsyncGenerator<Buffer> {
    const blob = await this.#db
      .selectFrom('submission_blobs')
      .select('upload')
      .where('hash', '=', hash)
      .executeTakeFirst();
    if (blob === undefined) throw new PitwallError('not-found', `There is no blob ${hash.slice(0, 12)} here.`);
    for (let part = 0; ; part += 1) {
      const row = await this.#db
        .selectFrom('submission_blob_parts')
        .select('data')
        .where('upload', '=', blob.upload)
        .where('part', '=', part)
        .executeTakeFirst();
      if (row === undefined) return;
      yield row.data;
    }
  }

  async bytesOf(hash: string): Promise<number | undefined> {
    const row = await this.#db
      .selectFrom('submission_blobs')
      .select('bytes')
      .where('hash', '=', hash)
      .executeTakeFirst();
    return row?.bytes;
  }

  /** A blob that is not there is deleted already. */
  async delete(hash: string): Promise<void> {
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
    const hash = createHash('sha256');
    let bytes = 0;
    let part = 0;
    let waiting: Uint8Array[] = [];
    let size = 0;
    const flush = async () => {
      const data = Buffer.concat(waiting);
      waiting = [];
      size = 0;
      await this.#db.insertInto('submission_blob_parts').values({ upload, part: part++, data }).execute();
    };
    for await (const chunk of readable(stream)) {
      bytes += chunk.length;
      if (bytes > limit)
        throw new PitwallError('archive-too-large', `The upload is larger than ${Math.floor(limit / 2 ** 20)} MB.`);
      hash.update(chunk);
      waiting.push(chunk);
      size += chunk.length;
      if (size >= partBytes) await flush();
    }
    if (size > 0) await flush();
    return { hash: hash.digest('hex') as Sha256, bytes };
  }

  async #forget(upload: string): Promise<void> {
    await this.#db.deleteFrom('submission_blob_parts').where('upload', '=', upload).execute();
  }

  get #db(): Kysely<SubmissionTables> {
    return this.#store.as<SubmissionTables>();
  }
}

async function* readable(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (cause) {
    throw new PitwallError('request-refused', 'The upload broke off; send it again.', { cause });
  }
}

const unkept = (cause: unknown) =>
  new PitwallError('store-unavailable', 'The upload could not be kept: is the disk full? Send it again.', { cause });
