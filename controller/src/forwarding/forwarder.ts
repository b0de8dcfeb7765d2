import { errorLine } from '@pitwall/protocol';
import { backOffMs } from '@pitwall/runtime';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import { type Answer, type ClientOptions, LeaderboardClient } from './client.js';
import { erasureType, type Signer, signedOf } from './signer.js';
import { type DeliveryRow, erasures, type ForwardingTables } from './tables.js';

/** Where results go. */
export interface Destination extends ClientOptions {
  readonly name: string;
}

export interface ForwarderOptions {
  readonly store: Store;
  readonly destinations: readonly Destination[];
  readonly signer: Pick<Signer, 'sign'>;
  /** What speaks with a destination; absent: HTTP. */
  readonly clientOf?: (destination: Destination) => Pick<LeaderboardClient, 'send' | 'erase' | 'close'>;
  readonly log: (message: string) => void;
  readonly now?: () => number;
  readonly random?: () => number;
}

/**
 * What one source signed, on its way to a board at a destination: what fails there (the board, or that source's key) says
 * nothing of the others.
 */
interface BoardDelivery {
  readonly leaderboard: string;
  failures: number;
  notBefore: number;
}

const atOnce = 8;
const page = 500;
const markedTogether = 64;
const backOff = { firstMs: 500, mostMs: 300_000 };
/** How often the outbox is looked into when nothing wakes it, ms. */
const pollMs = 1000;

/** Whether it is still to come. One that no wait leads to is of before somebody set the clock back. */
const isAhead = (time: number, now: number): boolean => time > now && time <= now + backOff.mostMs;

/** What a refusal is about: this result alone, so that sending it again is no use. */
const aboutTheResult = new Set([400, 409, 413, 415, 422]);

/**
 * Sends what waits in the outbox to every destination, in order for each racer, for as long as it takes. One timer for
 * each destination.
 */
export class Forwarder {
  readonly #options: ForwarderOptions;
  readonly #senders: DestinationSender[];

  constructor(options: ForwarderOptions) {
    this.#options = options;
    this.#senders = options.destinations.map((destination) => new DestinationSender(options, destination));
  }

  start(): void {
    for (const sender of this.#senders) sender.start();
  }

  /** Looks into the outbox now: call it after a commit that enqueued something. */
  wake(): void {
    for (const sender of this.#senders) sender.wake();
  }

  /** Boards that could not be reached and when each is tried again, for people. */
  troubles(): { destination: string; leaderboard: string; failures: number; notBefore: number }[] {
    return this.#options.destinations.flatMap(({ name }, index) =>
      (this.#senders[index]?.troubles() ?? []).map((trouble) => ({ destination: name, ...trouble })),
    );
  }

  /** What is under way is finished or given up; the outbox keeps the rest. */
  async stop(): Promise<void> {
    await Promise.all(this.#senders.map((sender) => sender.stop()));
  }
}

class DestinationSender {
  readonly #db: Kysely<ForwardingTables>;
  readonly #destination: Destination;
  readonly #client: Pick<LeaderboardClient, 'send' | 'erase' | 'close'>;
  readonly #signer: Pick<Signer, 'sign'>;
  readonly #log: (message: string) => void;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #boards = new Map<string, BoardDelivery>();
  readonly #arrived: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = true;

  constructor(
    {
      store,
      signer,
      clientOf = (to) => new LeaderboardClient(to),
      log,
      now = Date.now,
      random = Math.random,
    }: ForwarderOptions,
    destination: Destination,
  ) {
    this.#db = store.as<ForwardingTables>();
    this.#destination = destination;
    this.#client = clientOf(destination);
    this.#signer = signer;
    this.#log = log;
    this.#now = now;
    this.#random = random;
  }

  start(): void {
    this.#stopped = false;
    this.wake();
  }

  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    if (this.#running !== undefined) return;
    clearTimeout(this.#timer);
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (!this.#stopped) this.#timer = setTimeout(() => this.wake(), pollMs).unref();
    });
  }

  troubles(): { leaderboard: string; failures: number; notBefore: number }[] {
    return [...this.#boards.values()]
      .filter(({ failures }) => failures > 0)
      .map(({ leaderboard, failures, notBefore }) => ({ leaderboard, failures, notBefore }));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
    this.#client.close();
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        if (await this.#round()) this.#again = true;
      } catch (error) {
        this.#log(`forwarding to ${this.#destination.name}: ${errorLine(error)}`);
      }
    }
  }

  /** Sends a page of what waits. Whether there is more that may be sent now. */
  async #round(): Promise<boolean> {
    const boards = await this.#db
      .selectFrom('forwarding_deliveries')
      .select(['leaderboard', 'signer'])
      .distinct()
      .where('state', '=', 'waiting')
      .where('destination', '=', this.#destination.name)
      .execute();
    let more = false;
    for (const { leaderboard, signer } of boards) {
      const key = `${leaderboard} ${signer}`;
      const board = this.#boards.get(key) ?? { leaderboard, failures: 0, notBefore: 0 };
      this.#boards.set(key, board);
      if (isAhead(board.notBefore, this.#now())) continue;
      const rows = await this.#db
        .selectFrom('forwarding_deliveries')
        .selectAll()
        .where('state', '=', 'waiting')
        .where('destination', '=', this.#destination.name)
        .where('leaderboard', '=', leaderboard)
        .where('signer', '=', signer)
        .orderBy('id')
        .limit(page)
        .execute();
      await this.#send(board, rows);
      if (rows.length === page && board.failures === 0) more = true;
    }
    return more;
  }

  /** Several racers at once, each racer's results one after the other. The first failure ends it. */
  async #send(board: BoardDelivery, rows: readonly DeliveryRow[]): Promise<void> {
    const byRacer = new Map<string, DeliveryRow[]>();
    for (const row of rows) byRacer.set(row.racer, [...(byRacer.get(row.racer) ?? []), row]);
    const queues = [...byRacer.values()];
    const before = board.failures;
    const work = async () => {
      for (let queue = queues.shift(); queue !== undefined; queue = queues.shift())
        for (const row of queue) {
          if (this.#stopped || board.failures > before) return;
          await this.#deliver(board, row);
          if (board.failures > before) return;
        }
    };
    // After a failure one goes ahead alone.
    await Promise.all(Array.from({ length: before > 0 ? 1 : atOnce }, work));
    await this.#markArrived();
  }

  /** Many at once, since each commit waits for the disk; what is not marked when the process dies is sent twice, and counts once. */
  async #markArrived(): Promise<void> {
    const ids = this.#arrived.splice(0);
    if (ids.length === 0) return;
    await this.#db
      .updateTable('forwarding_deliveries')
      .set((to) => ({ state: 'sent', reason: null, done_at: this.#now(), attempts: to('attempts', '+', 1) }))
      .where('id', 'in', ids)
      .execute();
  }

  async #deliver(board: BoardDelivery, row: DeliveryRow): Promise<void> {
    let answer: Answer;
    try {
      answer = await this.#sendRow(row);
    } catch (error) {
      await this.#failed(board, row, error instanceof Error ? error.message : String(error));
      return;
    }
    if ('outcome' in answer) {
      if (board.failures > 0) this.#log(`forwarding to ${this.#destination.name}: ${row.leaderboard} answers again`);
      board.failures = 0;
      this.#arrived.push(row.id);
      if (this.#arrived.length >= markedTogether) await this.#markArrived();
    } else if (aboutTheResult.has(answer.status)) {
      const reason = `${answer.code}: ${answer.message}`;
      this.#log(
        `forwarding to ${this.#destination.name}: ${row.leaderboard === erasures ? 'deletion of' : 'result'} ${row.result_id} is set aside: ${reason}`,
      );
      await this.#mark(row, { state: 'aside', reason, done_at: this.#now(), attempts: row.attempts + 1 });
    } else await this.#failed(board, row, `${answer.code}: ${answer.message}`);
  }

  async #sendRow(row: DeliveryRow): Promise<Answer> {
    if (row.leaderboard !== erasures)
      return await this.#client.send(row.leaderboard, await signedOf(row.body, this.#signer));
    return await this.#client.erase(await this.#signer.sign(row.body, erasureType));
  }

  async #failed(board: BoardDelivery, row: DeliveryRow, reason: string): Promise<void> {
    // Of several under way when it broke, the first sets the time of the next try.
    if (!isAhead(board.notBefore, this.#now())) {
      board.failures += 1;
      board.notBefore = this.#now() + backOffMs(board.failures, backOff, this.#random);
    }
    if (board.failures === 1 || board.failures % 20 === 0)
      this.#log(`forwarding to ${this.#destination.name}: ${row.leaderboard} waits: ${reason}`);
    await this.#mark(row, { reason, attempts: row.attempts + 1 });
  }

  async #mark(row: DeliveryRow, change: Partial<DeliveryRow>): Promise<void> {
    await this.#db.updateTable('forwarding_deliveries').set(change).where('id', '=', row.id).execute();
  }
}
