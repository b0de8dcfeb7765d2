import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { neutralName, PitwallError } from '@pitwall/protocol';
import { type Pack, pack } from 'tar-stream';
import type { ErasedList } from './erased-list.js';
import type { ExportedFile, Holder } from './holder.js';

export interface PersonalDataOptions {
  /** In the order in which they are erased. */
  readonly holders: readonly Holder[];
  readonly list: ErasedList;
  /** Which deletions the database has seen to its end. */
  readonly done: {
    list(): Promise<ReadonlySet<string>>;
    add(racer: string): Promise<void>;
  };
  /** What was kept in memory, or lies where something was erased, goes too. */
  readonly forget: () => Promise<void>;
  readonly now: () => number;
}

/** What is kept of a person: as a file for them, and gone. */
export class PersonalData {
  readonly #options: PersonalDataOptions;

  constructor(options: PersonalDataOptions) {
    this.#options = options;
  }

  /** Goes on with deletions that were interrupted, and repeats those that a restored database does not know of. */
  async start(): Promise<void> {
    const { list, done } = this.#options;
    const known = await done.list();
    await list.add(known);
    for (const racer of await list.read()) if (!known.has(racer)) await this.#erase(racer, 'start');
  }

  /**
   * A tar file: `account.json`, and pictures and models as they were sent. @throws PitwallError `not-found`
   */
  async export(racer: string): Promise<Readable> {
    const kept = await this.#kept(racer);
    const packed = pack();
    void this.#pack(packed, racer, kept).then(
      () => packed.finalize(),
      (error: Error) => packed.destroy(error),
    );
    return Readable.from(packed, { objectMode: false });
  }

  /** For good. @throws PitwallError `not-found`, `erasure-refused`, `last-administrator` */
  async erase(racer: string, by: string): Promise<void> {
    const { holders, list } = this.#options;
    await this.#kept(racer);
    for (const holder of holders) await holder.demandErasable?.(racer);
    await list.add([racer]);
    await this.#erase(racer, by);
  }

  async #erase(racer: string, by: string): Promise<void> {
    const { holders, done, forget } = this.#options;
    for (const holder of holders) await holder.erase(racer, by);
    await forget();
    await done.add(racer);
  }

  async #kept(racer: string): Promise<Record<string, unknown>> {
    const { holders, now } = this.#options;
    const kept: Record<string, unknown> = {};
    for (const holder of holders) {
      const part = await holder.kept(racer);
      if (!isNothing(part)) kept[holder.name] = part;
    }
    if (Object.keys(kept).length === 0) throw new PitwallError('not-found', `Nothing is kept here of racer ${racer}.`);
    return { racer, exportedAt: new Date(now()).toISOString(), nameOnceDeleted: neutralName(racer), ...kept };
  }

  async #pack(packed: Pack, racer: string, kept: object): Promise<void> {
    const content = Buffer.from(`${JSON.stringify(kept, null, 2)}\n`);
    await write(packed, { name: 'account.json', bytes: content.length, content });
    for (const holder of this.#options.holders)
      if (holder.files !== undefined) for await (const file of holder.files(racer)) await write(packed, file);
  }
}

const isNothing = (part: unknown): boolean =>
  part === undefined || part === null || (Array.isArray(part) && part.length === 0);

async function write(packed: Pack, { name, bytes, content }: ExportedFile): Promise<void> {
  const source = Buffer.isBuffer(content) ? Readable.from([content]) : content;
  await pipeline(source, packed.entry({ name, size: bytes, mode: 0o600 }));
}
