import { type LeaderboardId, PitwallError, parse } from '@pitwall/protocol';
import { type Erasure, Result, type ResultInput } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { type Store, withTables } from '../store/index.js';
import { type DeliveryRow, type DeliveryState, erasures, type ForwardingTables } from './tables.js';

/** A result to be sent, as kept. */
export interface OutboxResult {
  readonly leaderboard: string;
  readonly resultId: string;
  readonly revision: number;
  readonly racer: string;
  /** The result's JSON, or the compact JWS where another controller signed it. */
  readonly body: string;
}

const erasureOf = (notice: Erasure): OutboxResult => ({
  leaderboard: erasures,
  resultId: notice.racer,
  revision: 1,
  racer: notice.racer,
  body: JSON.stringify(notice),
});

/** Which boards are meant; there may be some that whoever asks must not know of. */
export type OfBoard = (leaderboard: string) => Promise<boolean>;
const all: OfBoard = async () => true;

/** What is to be sent to leaderboards, kept until each destination has it. */
export class Outbox {
  readonly #store: Store;
  readonly #destinations: readonly string[];
  readonly #now: () => number;

  constructor(store: Store, destinations: readonly string[], now: () => number = Date.now) {
    this.#store = store;
    this.#destinations = destinations;
    this.#now = now;
  }

  /**
   * Puts a result into the outbox of every destination, inside the caller's transaction: it is sent if and only if that
   * commits. The same result and revision again changes nothing.
   */
  async enqueue(transaction: Kysely<never>, leaderboard: LeaderboardId, result: ResultInput): Promise<void> {
    const checked = parse(Result, result, 'The result', 'internal-error');
    const { resultId, revision, racer } = checked;
    await this.put(transaction, [{ leaderboard, resultId, revision, racer, body: JSON.stringify(checked) }]);
  }

  /** As {@link enqueue}, for what is in its final form; answers how many deliveries are new. */
  async put(transaction: Kysely<never>, results: readonly OutboxResult[]): Promise<number> {
    let added = 0;
    const db = withTables<ForwardingTables>(transaction);
    for (const result of results) {
      const rows = this.#destinations.map((destination) => this.#row(destination, result));
      if (rows.length === 0) continue;
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('forwarding_deliveries')
        .values(rows)
        .onConflict((conflict) => conflict.columns(['destination', 'leaderboard', 'result_id', 'revision']).doNothing())
        .executeTakeFirstOrThrow();
      added += Number(numInsertedOrUpdatedRows ?? 0n);
    }
    return added;
  }

  /**
   * Takes a racer's names out of what waits and what was sent, and tells every other leaderboard to take them out of what it has.
   * `neutral`: a result's text under a neutral name; it is not a signed one any more where an older version signed the name.
   */
  async erase(notice: Erasure, neutral: (body: string, racer: string) => string): Promise<void> {
    const { racer } = notice;
    await this.#db.transaction().execute(async (db) => {
      const rows = await db
        .selectFrom('forwarding_deliveries')
        .selectAll()
        .where('racer', '=', racer)
        .where('leaderboard', '!=', erasures)
        .execute();
      for (const { id, body, signer } of rows) {
        const without = neutral(body, racer);
        const rewritten = db.updateTable('forwarding_deliveries').set({ body: without }).where('id', '=', id);
        // Nobody else can sign what another controller signed: it is sent no more.
        if (signer !== '' && without.startsWith('{'))
          await db.deleteFrom('forwarding_deliveries').where('id', '=', id).execute();
        else await rewritten.execute();
      }
      const told = this.#destinations
        .filter((destination) => destination !== 'local')
        .map((destination) => this.#row(destination, erasureOf(notice)));
      if (told.length > 0)
        await db
          .insertInto('forwarding_deliveries')
          .values(told)
          .onConflict((conflict) =>
            conflict.columns(['destination', 'leaderboard', 'result_id', 'revision']).doNothing(),
          )
          .execute();
    });
  }

  async destinationsOf(racer: string): Promise<{ destination: string; leaderboard: string; result: string }[]> {
    return await this.#reading
      .selectFrom('forwarding_deliveries')
      .select(['destination', 'leaderboard', 'result_id as result'])
      .where('racer', '=', racer)
      .where('leaderboard', '!=', erasures)
      .orderBy('id')
      .execute();
  }

  #row(destination: string, { leaderboard, resultId, revision, racer, body }: OutboxResult): DeliveryRow {
    return {
      id: uuidv7(),
      destination,
      leaderboard,
      result_id: resultId,
      revision,
      racer,
      body,
      signer: body.startsWith('{') ? '' : (body.split('.')[0] ?? ''),
      state: 'waiting',
      attempts: 0,
      reason: null,
      created_at: this.#now(),
      done_at: null,
    };
  }

  /** Deliveries of one state, in order of sending, from after `after`: so many, where there are so many of these boards. */
  async list(state: DeliveryState, limit: number, after = '', ofBoard = all): Promise<DeliveryRow[]> {
    const found: DeliveryRow[] = [];
    for (let from: string | undefined = after; from !== undefined && found.length < limit; ) {
      const rows: DeliveryRow[] = await this.#reading
        .selectFrom('forwarding_deliveries')
        .selectAll()
        .where('state', '=', state)
        .where('id', '>', from)
        .orderBy('id')
        .limit(limit)
        .execute();
      for (const row of rows) if (found.length < limit && (await ofBoard(row.leaderboard))) found.push(row);
      from = rows.length < limit ? undefined : rows.at(-1)?.id;
    }
    return found;
  }

  /** What waits for a destination, in order of sending, page by page. */
  async *waiting(destination: string): AsyncGenerator<OutboxResult> {
    for (let after: string | undefined = ''; after !== undefined; ) {
      const rows: DeliveryRow[] = await this.#reading
        .selectFrom('forwarding_deliveries')
        .selectAll()
        .where('state', '=', 'waiting')
        .where('destination', '=', destination)
        .where('leaderboard', '!=', erasures)
        .where('id', '>', after)
        .orderBy('id')
        .limit(500)
        .execute();
      for (const { leaderboard, result_id, revision, racer, body } of rows)
        yield { leaderboard, resultId: result_id, revision, racer, body };
      after = rows.at(-1)?.id;
    }
  }

  /** How many deliveries there are of each state, for each destination. */
  async counts(ofBoard = all): Promise<{ destination: string; state: DeliveryState; count: number }[]> {
    const rows = await this.#reading
      .selectFrom('forwarding_deliveries')
      .select(['destination', 'state', 'leaderboard', (to) => to.fn.countAll<number>().as('count')])
      .groupBy(['destination', 'state', 'leaderboard'])
      .orderBy('destination')
      .orderBy('state')
      .execute();
    const sums = new Map<string, { destination: string; state: DeliveryState; count: number }>();
    for (const { destination, state, leaderboard, count } of rows) {
      if (!(await ofBoard(leaderboard))) continue;
      const key = `${destination} ${state}`;
      sums.set(key, { destination, state, count: (sums.get(key)?.count ?? 0) + Number(count) });
    }
    return [...sums.values()];
  }

  /** Since when the oldest has waited, for each destination, ms since 1970. */
  async oldest(ofBoard = all): Promise<{ destination: string; since: number }[]> {
    const rows = await this.#reading
      .selectFrom('forwarding_deliveries')
      .select(['destination', 'leaderboard', (to) => to.fn.min('created_at').as('since')])
      .where('state', '=', 'waiting')
      .groupBy(['destination', 'leaderboard'])
      .execute();
    const oldest = new Map<string, number>();
    for (const { destination, leaderboard, since } of rows)
      if (await ofBoard(leaderboard))
        oldest.set(destination, Math.min(oldest.get(destination) ?? Number.POSITIVE_INFINITY, Number(since)));
    return [...oldest].map(([destination, since]) => ({ destination, since }));
  }

  /** Takes one that was set aside back among those that wait. @throws PitwallError `not-found`. */
  async retry(id: string, ofBoard = all): Promise<void> {
    const row = await this.#reading
      .selectFrom('forwarding_deliveries')
      .select('leaderboard')
      .where('id', '=', id)
      .where('state', '=', 'aside')
      .executeTakeFirst();
    if (row === undefined || !(await ofBoard(row.leaderboard)))
      throw new PitwallError('not-found', `No delivery ${id} is set aside.`);
    await this.#db
      .updateTable('forwarding_deliveries')
      .set({ state: 'waiting', reason: null, done_at: null })
      .where('id', '=', id)
      .where('state', '=', 'aside')
      .execute();
  }

  get #db(): Kysely<ForwardingTables> {
    return this.#store.as<ForwardingTables>();
  }

  get #reading(): Kysely<ForwardingTables> {
    return this.#store.reading<ForwardingTables>();
  }
}
