import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { errorLine, PitwallError, parseJson } from '@pitwall/protocol';
import { StandbyBegins, StandbyChanges, StandbyFiles, StandbyRows, type StandbyState } from '@pitwall/protocol/api';
import { isBlobName, openSealed } from '../backup/index.js';
import { SqliteFile } from '../store/index.js';
import { tablesOf } from './changes.js';
import { ask, type OtherController, textOf } from './client.js';
import { DatabaseCopy } from './copy.js';

export interface StandbyOptions {
  /** Whom it follows. */
  readonly primary: () => Promise<OtherController>;
  readonly data: string;
  /** A SQLite file with today's tables. */
  readonly database: string;
  readonly version: string;
  /** Where it will answer once it was promoted. */
  readonly url: string;
  readonly passphrase: string;
  /** It follows, or does not any more. */
  readonly said: (state: 'follows' | 'lost', why: string) => void;
}

/** The keys of the controller as they came, sealed, until a promotion. */
const sealedFile = '.sealed.json';
const againAfterMs = 1000;
const filesEveryMs = 3000;

/** Follows a controller: its database change by change, its files, and its keys, sealed. */
export class Standby {
  readonly #options: StandbyOptions;
  readonly #file: SqliteFile;
  readonly #copy: DatabaseCopy;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #connected = false;
  #behind = 0;
  #wholeAt: number | undefined;
  #filesAt = 0;
  #secrets = '';
  #term = 1;
  #url = '';

  constructor(options: StandbyOptions) {
    this.#options = options;
    this.#file = new SqliteFile(options.database, { readonly: false });
    this.#copy = new DatabaseCopy(this.#file);
  }

  start(): void {
    this.#running = this.#follow();
  }

  /** Nothing is copied any more when it resolves. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#running = undefined;
  }

  get state(): StandbyState {
    const seconds = this.#wholeAt === undefined ? null : Math.max(0, (Date.now() - this.#wholeAt) / 1000);
    const standby = { url: this.#url, connected: this.#connected, behind: this.#behind, seconds };
    return { role: 'standby', term: this.#term, standby };
  }

  /**
   * Whether it could be a controller.
   * @throws PitwallError `standby-refused` before everything was copied once, `passphrase-refused`
   */
  async demandReady(passphrase: string): Promise<void> {
    if (this.#copy.progress === undefined || this.#secrets === '')
      throw new PitwallError('standby-refused', 'The standby has not copied everything yet: nothing here could race.');
    await this.#open(passphrase);
  }

  /** The copy becomes a controller's data. Answers its term. Follow no more before. */
  async promote(passphrase: string): Promise<number> {
    for (const { path, bytes } of await this.#open(passphrase)) {
      const place = this.#placeOf(path);
      await mkdir(dirname(place), { recursive: true, mode: 0o700 });
      await writeFile(place, bytes, { mode: 0o600, flush: true });
    }
    const term = this.#copy.promote();
    this.close();
    await rm(join(this.#options.data, sealedFile));
    return term;
  }

  close(): void {
    this.#file.close();
  }

  async #open(passphrase: string) {
    const file = await open(join(this.#options.data, sealedFile));
    try {
      return await openSealed(await file.readFile(), passphrase);
    } finally {
      await file.close();
    }
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #follow(): Promise<void> {
    while (!this.#isStopping) {
      try {
        await this.#followOnce(await this.#options.primary());
      } catch (error) {
        if (this.#isStopping) return;
        if (this.#connected || this.#url === '') this.#options.said('lost', errorLine(error));
        this.#connected = false;
        this.#url ||= '-';
        await wait(againAfterMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      }
    }
  }

  async #followOnce(primary: OtherController): Promise<void> {
    const { version, url, said } = this.#options;
    const begun = parseJson(
      StandbyBegins,
      await textOf(await ask(primary, '/api/v1/standby/follow', { body: { version, url } })),
      'The answer',
    );
    const own = tablesOf(this.#file);
    if (own.schema !== begun.schema)
      throw new PitwallError(
        'standby-refused',
        'The controller has other tables than this Pitwall: install the same on both.',
      );
    const { capture } = begun;
    this.#term = begun.term;
    if (this.#copy.progress?.capture !== capture) {
      this.#copy.empty(begun.tables);
      for (const table of begun.tables) await this.#copyTable(primary, capture, table);
      this.#copy.write([], { capture, n: begun.at });
    }
    await this.#copyFiles(primary);
    for (let isFirst = true; !this.#isStopping; ) {
      const after = this.#copy.progress?.n ?? 0;
      const { to, last, changes } = parseJson(
        StandbyChanges,
        await textOf(await ask(primary, `/api/v1/standby/changes?capture=${capture}&after=${after}`)),
        'The changes',
      );
      if (to > after) this.#copy.write(changes, { capture, n: to });
      this.#behind = last - to;
      if (this.#behind === 0) this.#wholeAt = Date.now();
      this.#connected = true;
      if (isFirst) {
        this.#url = primary.url;
        said('follows', primary.url);
        isFirst = false;
      }
      if (Date.now() - this.#filesAt > filesEveryMs) await this.#copyFiles(primary);
    }
  }

  async #copyTable(primary: OtherController, capture: string, table: string): Promise<void> {
    for (let after = Number.MIN_SAFE_INTEGER, more = true; more && !this.#isStopping; ) {
      const query = `capture=${capture}&table=${encodeURIComponent(table)}&after=${after}`;
      const page = parseJson(
        StandbyRows,
        await textOf(await ask(primary, `/api/v1/standby/rows?${query}`)),
        'The rows',
      );
      this.#copy.write(page.rows);
      after = page.rows.at(-1)?.row ?? after;
      more = page.more;
    }
  }

  async #copyFiles(primary: OtherController): Promise<void> {
    const { files, secrets } = parseJson(
      StandbyFiles,
      await textOf(await ask(primary, '/api/v1/standby/files')),
      'The files',
    );
    for (const { path, bytes, changed } of files) {
      const place = this.#placeOf(path);
      const here = await stat(place).catch(() => undefined);
      if (here?.size !== bytes || Math.abs(here.mtimeMs - changed) > 2) await this.#copyFile(primary, path, changed);
    }
    if (secrets !== this.#secrets) {
      const { passphrase, data } = this.#options;
      const sealed = await textOf(await ask(primary, '/api/v1/standby/secrets', { body: { passphrase } }));
      const unfinished = join(data, `${sealedFile}.unfinished`);
      await writeFile(unfinished, sealed, { mode: 0o600, flush: true });
      await rename(unfinished, join(data, sealedFile));
      this.#secrets = secrets;
    }
    this.#filesAt = Date.now();
  }

  async #copyFile(primary: OtherController, path: string, changed: number): Promise<void> {
    const place = this.#placeOf(path);
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    const unfinished = join(dirname(place), `.${basename(place)}.unfinished`);
    const answer = await ask(primary, `/api/v1/standby/file?path=${encodeURIComponent(path)}`);
    const hash = createHash('sha256');
    await pipeline(
      answer,
      async function* (chunks) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(unfinished, { mode: 0o600, flush: true } as object),
    );
    if (isBlobName(basename(place)) && hash.digest('hex') !== basename(place)) {
      await rm(unfinished);
      throw new PitwallError('standby-refused', `The file ${path} did not come as it is: it is fetched again.`);
    }
    await utimes(unfinished, changed / 1000, changed / 1000);
    await rename(unfinished, place);
  }

  /** Nothing is written outside the data folder, nor over what is the standby's own, whatever a name says. */
  #placeOf(path: string): string {
    const parts = path.split('/');
    if (/[\\\0]/.test(path) || parts.some((part) => part === '' || part.startsWith('.')))
      throw new PitwallError('standby-refused', `The controller has a file of an impossible name (${path}).`);
    return join(this.#options.data, ...parts);
  }
}
