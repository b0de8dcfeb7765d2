import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isPitwallError, PitwallError, parseJson, Sha256 } from '@pitwall/protocol';
import { type CarriedModel, LoadedModel } from '@pitwall/protocol/messages';
import { z } from 'zod';
import { type LoadedModel as CheckedModel, loadModel } from '../model/index.js';

/** `golden`: what it decided on the golden image when it was staged; the same is expected for ever. */
const Note = z.object({
  ...LoadedModel.shape,
  bytes: z.number().int().nonnegative(),
  golden: z.object({ steeringDeg: z.number(), speedMps: z.number() }),
});
export type Note = z.infer<typeof Note>;
const Chosen = z.object({ hash: Sha256 });

const archiveFile = 'model.tar.gz';
const noteFile = 'model.json';
const conversions = 'converted';
const chosenFile = 'loaded.json';
/** What nobody finished for this long, nobody finishes, in ms. */
const forgotten = 3_600_000;

/** A folder in which a model is made ready; it becomes the model's by one rename. */
export interface StagingFolder {
  readonly folder: string;
  readonly archive: string;
  readonly conversions: string;
}

/**
 * The models that a car carries, a folder each, named by the archive's hash: the archive, its conversion and a note. A
 * model's folder appears whole, with everything in it on disk, and disappears at once. Any process may look and change.
 */
export class ModelStore {
  readonly #folder: string;
  /** Bytes. */
  readonly #quota: number;

  constructor(folder: string, quota: number) {
    this.#folder = folder;
    this.#quota = quota;
  }

  /** Makes the folder, and clears what was left half done. @throws PitwallError `output-failed` */
  async start(): Promise<void> {
    await this.#guarded(async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      for (const name of await readdir(this.#folder)) {
        const path = join(this.#folder, name);
        const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? 0);
        if (name.startsWith('.') && age > forgotten) await rm(path, { recursive: true, force: true });
      }
    });
  }

  /** By name, then hash. */
  async list(): Promise<CarriedModel[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const notes = await Promise.all(
      names.filter((name) => Sha256.safeParse(name).success).map((name) => this.#note(name)),
    );
    return notes
      .filter((note) => note !== undefined)
      .sort((a, b) => a.name.localeCompare(b.name) || a.hash.localeCompare(b.hash))
      .map(({ hash, name, bytes }) => ({ hash, name, bytes, state: 'ready' }));
  }

  /** Undefined for a model that is not carried. */
  async note(hash: Sha256): Promise<Note | undefined> {
    return await this.#note(hash);
  }

  async has(hash: Sha256): Promise<boolean> {
    return (await this.#note(hash)) !== undefined;
  }

  /**
   * A carried model, checked again and warm, under the name it was staged with.
   * @throws PitwallError `not-found`, `archive-invalid` where the disk lost some of it, and as `loadModel` does
   */
  async load(hash: Sha256): Promise<CheckedModel> {
    const note = await this.#note(hash);
    if (note === undefined) throw this.#unknown(hash);
    const { archive, conversions: cacheFolder } = this.#parts(hash);
    const loaded = await loadModel(archive, { cacheFolder });
    if (loaded.hash === hash) return { ...loaded, name: note.name };
    await loaded.policy.close();
    throw new PitwallError('archive-invalid', `The model ${note.name} was damaged on the car’s disk; stage it again.`);
  }

  /** A model that is not there is deleted already. @throws PitwallError `output-failed` */
  async delete(hash: Sha256): Promise<void> {
    if (!existsSync(this.#parts(hash).folder)) return;
    const gone = join(this.#folder, `.${randomUUID()}`);
    await this.#guarded(async () => {
      await rename(this.#parts(hash).folder, gone);
      await this.#sync(this.#folder);
      await rm(gone, { recursive: true, force: true });
    });
  }

  /** @throws PitwallError `models-full` where so many more bytes do not fit. */
  async demandRoom(bytes: number): Promise<void> {
    const models = await this.list();
    const used = (await Promise.all(models.map(({ hash }) => this.#size(this.#parts(hash).folder)))).reduce(
      (a, b) => a + b,
      0,
    );
    if (used + bytes <= this.#quota) return;
    const mega = (value: number) => Math.ceil(value / 2 ** 20);
    const names = models.map(({ name, hash }) => `${name} (${hash.slice(0, 12)})`).join(', ');
    throw new PitwallError(
      'models-full',
      `The car may keep ${mega(this.#quota)} MB of models and has ${mega(used)} MB; ${mega(bytes)} MB more do not fit. ${names === '' ? 'Raise models.quota.' : `Delete one of: ${names}.`}`,
    );
  }

  /** A folder to make a model ready in. @throws PitwallError `output-failed` */
  async stagingFolder(): Promise<StagingFolder> {
    const parts = this.#parts(`.${randomUUID()}`);
    await this.#guarded(() => mkdir(parts.conversions, { recursive: true, mode: 0o700 }));
    return parts;
  }

  /** Everything in the staging folder becomes the model's, on disk when it resolves. */
  async adopt(staging: StagingFolder, model: Note): Promise<void> {
    await this.#guarded(async () => {
      await writeFile(join(staging.folder, noteFile), JSON.stringify(model), { mode: 0o600 });
      for (const name of await readdir(staging.conversions)) await this.#sync(join(staging.conversions, name));
      for (const path of [staging.archive, join(staging.folder, noteFile), staging.conversions, staging.folder]) {
        await this.#sync(path);
      }
      // One that is there whole stays, so that it is never away; one that the disk damaged makes room.
      if (await this.#isWhole(model.hash)) return;
      await this.delete(model.hash);
      await rename(staging.folder, this.#parts(model.hash).folder);
      await this.#sync(this.#folder);
    });
  }

  async discard(staging: StagingFolder): Promise<void> {
    await rm(staging.folder, { recursive: true, force: true });
  }

  /** The model that drives, to be loaded again after a restart; undefined where none was chosen, or it is gone. */
  async chosen(): Promise<Sha256 | undefined> {
    try {
      const { hash } = parseJson(Chosen, await readFile(join(this.#folder, chosenFile), 'utf8'), 'The chosen model');
      return (await this.has(hash)) ? hash : undefined;
    } catch {
      return undefined;
    }
  }

  async choose(hash: Sha256): Promise<void> {
    await this.#guarded(async () => {
      const unfinished = join(this.#folder, `.${randomUUID()}`);
      await writeFile(unfinished, JSON.stringify({ hash }), { mode: 0o600, flush: true });
      await rename(unfinished, join(this.#folder, chosenFile));
      await this.#sync(this.#folder);
    });
  }

  async #isWhole(hash: Sha256): Promise<boolean> {
    if (!(await this.has(hash))) return false;
    const sum = createHash('sha256');
    try {
      for await (const chunk of createReadStream(this.#parts(hash).archive)) sum.update(chunk as Buffer);
    } catch {
      return false;
    }
    return sum.digest('hex') === hash;
  }

  async #note(name: string): Promise<Note | undefined> {
    try {
      const note = parseJson(Note, await readFile(join(this.#folder, name, noteFile), 'utf8'), 'The note of a model');
      return note.hash === name ? note : undefined;
    } catch {
      return undefined;
    }
  }

  #parts(name: string): StagingFolder {
    const folder = join(this.#folder, name);
    return { folder, archive: join(folder, archiveFile), conversions: join(folder, conversions) };
  }

  async #size(folder: string): Promise<number> {
    let bytes = 0;
    for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])) {
      if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0;
    }
    return bytes;
  }

  /** What is written is on disk; of a folder: which names are in it. */
  async #sync(path: string): Promise<void> {
    const handle = await open(path, 'r');
    await handle.sync().finally(() => handle.close());
  }

  #unknown(hash: Sha256): PitwallError {
    return new PitwallError('not-found', `The car does not carry the model ${hash.slice(0, 12)}; stage it first.`);
  }

  async #guarded<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (cause) {
      if (isPitwallError(cause)) throw cause;
      const why = (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? 'the disk is full' : 'it cannot be written';
      throw new PitwallError('output-failed', `Models cannot be kept in ${this.#folder}: ${why}.`, { cause });
    }
  }
}
