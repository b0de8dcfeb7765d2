import { type LeaderboardId, PitwallError, parse } from '@pitwall/protocol';
import { Result, type ResultInput } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { type Store, withTables } from '../store/index.js';
import type { DeliveryRow, DeliveryState, ForwardingTables } from './tables.js';

/** A result to be sent, as kept. */
export interface OutboxResult {
  readonly leaderboard: string;
  readonly resultId: string;
  readonly revision: number;
  readonly racer: string;
  /** The result's JSON, or the compact JWS where another controller signed it. */
  readonly body: string;
}

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
    for (const { leaderboard, resultId, revision, racer, body } of results) {
      const rows = this.#destinations.map(
        (destination): DeliveryRow => ({
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
        }),
      );
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
