import { Readable } from 'node:stream';
import { PitwallError, type Sha256 } from '@pitwall/protocol';
import { pictureLimits, type ShowPicture } from '@pitwall/protocol/api';
import type { BlobStore } from '@pitwall/runtime';
import type { Kysely } from 'kysely';
import { pictureFacts } from '../pictures/index.js';
import type { Store } from '../store/index.js';
import type { EventTables } from './tables.js';

/** The pictures that events show: their sponsors'. */
export class EventPictures {
  readonly #store: Store;
  readonly #blobs: BlobStore;
  readonly #now: () => number;

  constructor(store: Store, blobs: BlobStore, now: () => number) {
    this.#store = store;
    this.#blobs = blobs;
    this.#now = now;
  }

  /** The same again gets the new name. @throws PitwallError `picture-invalid`, `event-refused`, `output-failed` */
  async add(event: string, name: string, bytes: Buffer): Promise<void> {
    const { type, width, height } = pictureFacts(bytes);
    const { pixels, count } = pictureLimits;
    if (width > pixels || height > pixels)
      throw new PitwallError(
        'picture-invalid',
        `The picture has ${width} × ${height} pixels; make it no wider and no higher than ${pixels}.`,
      );
    const { all } = await this.#reading
      .selectFrom('event_pictures')
      .select((to) => to.fn.countAll<number>().as('all'))
      .where('event', '=', event)
      .executeTakeFirstOrThrow();
    if (Number(all) >= count)
      throw new PitwallError('event-refused', `Event ${event} has ${count} pictures already: take one out first.`);
    const { hash, size } = await this.#blobs.put(Readable.from([bytes]), pictureLimits.bytes);
    await this.#db
      .insertInto('event_pictures')
      .values({ event, hash, name, type, width, height, size, at: this.#now() })
      .onConflict((conflict) => conflict.columns(['event', 'hash']).doUpdateSet({ name }))
      .execute();
  }

  /** @throws PitwallError `not-found` */
  async get(event: string, hash: Sha256): Promise<{ type: ShowPicture['type']; size: number; body: Readable }> {
    const row = await this.#reading
      .selectFrom('event_pictures')
      .select(['type', 'size'])
      .where('event', '=', event)
      .where('hash', '=', hash)
      .executeTakeFirst();
    if (row === undefined) throw new PitwallError('not-found', `Event ${event} has no such picture.`);
    return { type: row.type as ShowPicture['type'], size: row.size, body: await this.#blobs.get(hash) };
  }

  async remove(event: string, hash: Sha256): Promise<void> {
    await this.#db.deleteFrom('event_pictures').where('event', '=', event).where('hash', '=', hash).execute();
    const other = await this.#reading
      .selectFrom('event_pictures')
      .select('event')
      .where('hash', '=', hash)
      .executeTakeFirst();
    if (other === undefined) await this.#blobs.delete(hash);
  }

  get #db(): Kysely<EventTables> {
    return this.#store.as<EventTables>();
  }

  get #reading(): Kysely<EventTables> {
    return this.#store.reading<EventTables>();
  }
}
