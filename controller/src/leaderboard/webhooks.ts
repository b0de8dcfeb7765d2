import { createHmac, randomBytes } from 'node:crypto';
import { PitwallError } from '@pitwall/protocol';
import type { BoardChanges } from '@pitwall/protocol/api';
import { backOffMs } from '@pitwall/runtime';
import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Store } from '../store/index.js';
import type { LeaderboardTables } from './tables.js';
import { type TargetOptions, WebhookTargets } from './webhook-target.js';

export interface WebhookOptions {
  readonly store: Store;
  readonly changes: (board: string, since: number, limit: number) => Promise<BoardChanges>;
  readonly now: () => number;
  readonly random: () => number;
  /** Where they may go. */
  readonly targets: TargetOptions;
}

type WebhookRow = LeaderboardTables['leaderboard_webhooks'];

const pollMs = 1000;
const changesInOne = 200;
/** While one process sends, others over the same database leave the webhook alone for so long, ms. */
const leaseFor = 30_000;
const backOff = { firstMs: 1000, mostMs: 3_600_000 };

/**
 * Tells other services of a board's changes, signed as Standard Webhooks has it (`webhook-id`, `webhook-timestamp`,
 * `webhook-signature: v1,` and the HMAC-SHA256 of `id.timestamp.body`), again and again until they answer 2xx. A webhook
 * follows the board's changes by a cursor, so nothing queues: after a long silence it gets each racer's latest.
 */
export class Webhooks {
  readonly #options: WebhookOptions;
  readonly #targets: WebhookTargets;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = true;

  constructor(options: WebhookOptions) {
    this.#options = options;
    this.#targets = new WebhookTargets(options.targets);
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#timer = setInterval(() => this.wake(), pollMs);
  }

  /** Looks now whether there is something to tell. */
  wake(): void {
    if (this.#stopped || this.#running !== undefined) return;
    this.#running = this.#round()
      // The database is away: the next look finds it, or says so elsewhere.
      .catch(() => undefined)
      .finally(() => {
        this.#running = undefined;
      });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Registers a webhook that hears of everything after `since`. The secret is answered once. @throws PitwallError `message-invalid` */
  async add(board: string, url: string, since: number): Promise<{ id: string; secret: string }> {
    this.#targets.demand(url);
    const secret = `whsec_${randomBytes(24).toString('base64')}`;
    const id = uuidv7();
    const row: WebhookRow = { id, board, url, secret, delivered: since, failures: 0, not_before: 0, lease_until: 0 };
    await this.#db.insertInto('leaderboard_webhooks').values(row).execute();
    return { id, secret };
  }

  async list(board: string): Promise<{ id: string; url: string; delivered: number; failures: number }[]> {
    return await this.#reading
      .selectFrom('leaderboard_webhooks')
      .select(['id', 'url', 'delivered', 'failures'])
      .where('board', '=', board)
      .orderBy('id')
      .execute();
  }

  /** @throws PitwallError `not-found`. */
  async remove(board: string, id: string): Promise<void> {
    const { numDeletedRows } = await this.#db
      .deleteFrom('leaderboard_webhooks')
      .where('id', '=', id)
      .where('board', '=', board)
      .executeTakeFirst();
    if (numDeletedRows === 0n) throw new PitwallError('not-found', `Leaderboard ${board} has no webhook ${id}.`);
  }

  async #round(): Promise<void> {
    const now = this.#options.now();
    const due = await this.#db
      .selectFrom('leaderboard_webhooks')
      .innerJoin('leaderboard_boards', 'leaderboard_boards.id', 'leaderboard_webhooks.board')
      .selectAll('leaderboard_webhooks')
      .whereRef('leaderboard_boards.head', '>', 'leaderboard_webhooks.delivered')
      // A time to which no wait and no lease leads is of before somebody set the clock back.
      .where((is) => is.or([is('not_before', '<=', now), is('not_before', '>', now + backOff.mostMs)]))
      .where((is) => is.or([is('lease_until', '<=', now), is('lease_until', '>', now + leaseFor)]))
      .execute();
    await Promise.all(due.map((row) => this.#deliver(row)));
  }

  async #deliver(row: WebhookRow): Promise<void> {
    const { now } = this.#options;
    const leased = await this.#db
      .updateTable('leaderboard_webhooks')
      .set({ lease_until: now() + leaseFor })
      .where('id', '=', row.id)
      .where('lease_until', '=', row.lease_until)
      .executeTakeFirst();
    if (leased.numUpdatedRows === 0n) return;
    let { delivered, failures } = row;
    let notBefore = 0;
    while (!this.#stopped) {
      const page = await this.#options.changes(row.board, delivered, changesInOne);
      if (page.changes.length === 0) break;
      if (!(await this.#post(row, page))) {
        failures += 1;
        notBefore = now() + backOffMs(failures, backOff, this.#options.random);
        break;
      }
      failures = 0;
      delivered = page.next;
      if (!page.more) break;
    }
    await this.#db
      .updateTable('leaderboard_webhooks')
      .set({ delivered, failures, not_before: Math.round(notBefore), lease_until: 0 })
      .where('id', '=', row.id)
      .execute();
  }

  /** Whether it was taken. The id says which changes these are: told twice, it is the same. */
  async #post({ url, secret }: WebhookRow, page: BoardChanges): Promise<boolean> {
    const body = JSON.stringify(page);
    const id = `${page.leaderboard}-${page.next}`;
    const timestamp = Math.floor(this.#options.now() / 1000);
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': `v1,${signature}`,
    };
    return await this.#targets.post(url, headers, body);
  }

  get #db(): Kysely<LeaderboardTables> {
    return this.#options.store.as<LeaderboardTables>();
  }

  get #reading(): Kysely<LeaderboardTables> {
    return this.#options.store.reading<LeaderboardTables>();
  }
}
