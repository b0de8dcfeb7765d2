import type { Readable } from 'node:stream';
import { isPitwallError, type Sha256 } from '@pitwall/protocol';
import type { OwnModel } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import type { Models } from './models.js';
import type { GarageTables } from './tables.js';

/** The archives that a racer keeps here: for the racer, and to be taken away. */
export class ModelsOfRacer {
  readonly name = 'models';
  readonly #store: Store;
  readonly #models: Pick<Models, 'of' | 'read' | 'delete'>;

  constructor(store: Store, models: Pick<Models, 'of' | 'read' | 'delete'>) {
    this.#store = store;
    this.#models = models;
  }

  async kept(racer: string): Promise<OwnModel[]> {
    return await this.#models.of(racer);
  }

  async *files(racer: string): AsyncGenerator<{ name: string; bytes: number; content: Readable }> {
    for (const { hash } of await this.#models.of(racer)) {
      const found = await unlessNone(this.#models.read(hash));
      if (found !== undefined) yield { name: `models/${hash}.tar.gz`, bytes: found.bytes, content: found.stream };
    }
  }

  /** Archives that others have, too, stay theirs. */
  async erase(racer: string): Promise<void> {
    const own = await this.#reading
      .selectFrom('garage_racer_models')
      .select('hash')
      .where('racer', '=', racer)
      .execute();
    await this.#db.deleteFrom('garage_racer_models').where('racer', '=', racer).execute();
    const uploaded = await this.#reading
      .selectFrom('garage_models')
      .select('hash')
      .where('uploaded_by', '=', racer)
      .execute();
    for (const hash of new Set([...own, ...uploaded].map((row) => row.hash as Sha256))) {
      const other = await this.#reading
        .selectFrom('garage_racer_models')
        .selectAll()
        .where('hash', '=', hash)
        .orderBy('uploaded_at')
        .limit(1)
        .executeTakeFirst();
      const isCrews = uploaded.every((row) => row.hash !== hash);
      if (other === undefined && !isCrews) await this.#models.delete(hash);
      else if (other !== undefined && !isCrews)
        await this.#db
          .updateTable('garage_models')
          .set({ name: other.name, uploaded_by: other.racer })
          .where('hash', '=', hash)
          .execute();
    }
  }

  get #reading(): Kysely<GarageTables> {
    return this.#store.reading<GarageTables>();
  }

  get #db(): Kysely<GarageTables> {
    return this.#store.as<GarageTables>();
  }
}

async function unlessNone<T>(wanted: Promise<T>): Promise<T | undefined> {
  try {
    return await wanted;
  } catch (error) {
    if (isPitwallError(error) && error.code === 'not-found') return undefined;
    throw error;
  }
}
