import type { Readable } from 'node:stream';
import { PitwallError } from '@pitwall/protocol';
import type { FollowAsStandby, StandbyState } from '@pitwall/protocol/api';
import type { DataPlaces } from '../backup/index.js';
import { limits } from '../limits/index.js';
import type { Store } from '../store/index.js';
import { ChangeCapture, type Changes, type RowChange } from './changes.js';
import { listFiles, readListed, sealedSecrets } from './files.js';
import { Follower } from './follower.js';
import { Term } from './term.js';

export interface StandbyDoorOptions extends DataPlaces {
  readonly store: Store;
  /** What this controller is called. */
  readonly name: string;
  readonly version: string;
  /** Whether anybody may follow: a standby's token is good. */
  readonly isWanted: () => Promise<boolean>;
  /** A standby was promoted: this controller ends. */
  readonly superseded: (url: string) => void;
}

/** Changes are forgotten when the standby has so many more of them. */
const forgottenTogether = 1000;
const tidyEveryMs = 60_000;

/** What a controller gives its standby. One standby at a time: the one that began last. */
export class StandbyDoor {
  readonly #options: StandbyDoorOptions;
  readonly #term: Term;
  readonly #follower = new Follower();
  #capture: ChangeCapture | undefined;
  #url: string | undefined;
  #forgotten = 0;
  #tidying: NodeJS.Timeout | undefined;
  #wholeAt: number | undefined;

  constructor(options: StandbyDoorOptions) {
    this.#options = options;
    this.#term = new Term(options.store);
  }

  /** Now and then: what is kept for a standby that does not come back is let go. */
  start(): void {
    const tidy = async (): Promise<void> => {
      const { store, database, isWanted } = this.#options;
      if (store.engine !== 'sqlite' || database === ':memory:') return;
      this.#capture ??= new ChangeCapture(store, database);
      await this.#capture.end((await isWanted()) ? limits.standby.changes : undefined);
    };
    this.#tidying = setInterval(() => void tidy().catch(() => undefined), tidyEveryMs).unref();
  }

  /** One followed before this controller was started. */
  expect(url: string): void {
    this.#url = url;
    this.#follower.expect();
  }

  /** Resolves when a standby that follows has what is on disk now. */
  async has(): Promise<void> {
    await this.#follower.has();
  }

  async term() {
    return { name: this.#options.name, term: await this.#term.current() };
  }

  async state(): Promise<StandbyState> {
    const { behind } = this.#follower;
    const seconds = this.#wholeAt === undefined ? null : Math.max(0, (Date.now() - this.#wholeAt) / 1000);
    return {
      role: 'controller',
      term: await this.#term.current(),
      standby: this.#url === undefined ? null : { url: this.#url, connected: this.#follower.isHere, behind, seconds },
    };
  }

  /** @throws PitwallError `standby-refused` */
  async follow({ version, url }: FollowAsStandby) {
    const { store, database, name, version: own } = this.#options;
    if (store.engine !== 'sqlite')
      throw new PitwallError(
        'standby-refused',
        'This controller keeps its data in PostgreSQL: let PostgreSQL replicate it, and start a controller there.',
      );
    if (version !== own)
      throw new PitwallError(
        'standby-refused',
        `This controller is Pitwall ${own}, the standby ${version}: install the same.`,
      );
    this.#capture ??= new ChangeCapture(store, database);
    const { id, tables, schema, at } = await this.#capture.begin();
    await this.#term.setFollower(url);
    this.#url = url;
    return { capture: id, tables, schema, at, term: await this.#term.current(), name };
  }

  rows(capture: string, table: string, after: number): { rows: RowChange[]; more: boolean } {
    return this.#begun(capture).rows(table, after);
  }

  async changes(capture: string, after: number): Promise<Changes> {
    const from = this.#begun(capture);
    this.#follower.asks(after);
    if (after - this.#forgotten >= forgottenTogether) {
      this.#forgotten = after;
      await from.forget(after);
    }
    if (from.after(after).changes.length === 0) await this.#follower.change();
    const changes = from.after(after);
    const behind = changes.last - changes.to;
    this.#follower.answers(changes.to, behind);
    if (behind === 0) this.#wholeAt = Date.now();
    return changes;
  }

  async files() {
    return await listFiles(this.#options);
  }

  async file(path: string): Promise<Readable> {
    return await readListed(this.#options, path);
  }

  async secrets(passphrase: string): Promise<Buffer> {
    return await sealedSecrets(this.#options, passphrase);
  }

  async supersede(term: number, url: string): Promise<boolean> {
    const is = await this.#term.supersede(term, url);
    if (is) this.#options.superseded(url);
    return is;
  }

  stop(): void {
    clearInterval(this.#tidying);
    this.#follower.stop();
    this.#capture?.close();
    this.#capture = undefined;
  }

  #begun(capture: string): ChangeCapture {
    if (this.#capture === undefined)
      throw new PitwallError(
        'standby-refused',
        'This controller was started anew: the standby begins to follow again.',
      );
    this.#capture.demand(capture);
    return this.#capture;
  }
}
