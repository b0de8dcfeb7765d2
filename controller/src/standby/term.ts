import { PitwallError } from '@pitwall/protocol';
import type { Store } from '../store/index.js';
import type { StandbyTables } from './tables.js';

/**
 * Terms count how often a standby was promoted. The controller with the highest term is the controller; one that learns of a higher one than its own
 * writes that down and races no more, whenever it is started.
 */
export class Term {
  readonly #store: Store;
  readonly #now: () => number;

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
  }

  async current(): Promise<number> {
    return Number((await this.#row())?.term ?? 1);
  }

  /** @throws PitwallError `controller-superseded` */
  async demand(): Promise<void> {
    const row = await this.#row();
    if (row?.superseded_by != null) throw superseded(row.superseded_by, Number(row.superseded_at));
  }

  /** Writes down that a standby has a later term. False where it has not. */
  async supersede(term: number, url: string): Promise<boolean> {
    const own = await this.current();
    if (term <= own) return false;
    await this.#write({ term: own, superseded_by: url, superseded_at: this.#now() });
    return true;
  }

  /** Who follows, to be asked when this controller is started again. */
  async follower(): Promise<string | undefined> {
    const row = await this.#tables.selectFrom('controller_standby').select('url').executeTakeFirst();
    return row?.url;
  }

  async setFollower(url: string): Promise<void> {
    const since = this.#now();
    await this.#store
      .as<StandbyTables>()
      .insertInto('controller_standby')
      .values({ id: 1, url, since })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ url, since }))
      .execute();
  }

  async #row() {
    return await this.#tables.selectFrom('controller_term').selectAll().executeTakeFirst();
  }

  async #write(row: Omit<StandbyTables['controller_term'], 'id'>): Promise<void> {
    await this.#store
      .as<StandbyTables>()
      .insertInto('controller_term')
      .values({ id: 1, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute();
  }

  get #tables() {
    return this.#store.reading<StandbyTables>();
  }
}

export const superseded = (url: string, at: number): PitwallError =>
  new PitwallError(
    'controller-superseded',
    `This controller was replaced by its standby at ${url} (${new Date(at).toISOString()}), and races no more: go on there. ` +
      'What was recorded here and did not reach it is still in this data folder.',
  );
