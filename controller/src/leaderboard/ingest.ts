import { setTimeout as pause } from 'node:timers/promises';
import { isPitwallError, PitwallError } from '@pitwall/protocol';
import type { IngestOutcome } from '@pitwall/protocol/api';
import type { Store } from '../store/index.js';
import { lockBoard, saveHead } from './boards.js';
import { type Incoming, Ledger } from './ledger.js';
import type { LeaderboardTables } from './tables.js';

interface Waiting {
  readonly incoming: Incoming;
  readonly resolve: (outcome: IngestOutcome) => void;
  readonly reject: (error: PitwallError) => void;
}

const largestCommit = 500;
/** A commit waits so long for others, in ms, unless it is this large already. */
const gatherMs = 10;
const enough = 100;

/**
 * Writes results to boards. What arrives while a commit is under way goes into the next one together, so that many
 * senders share one sync of the disk. An outcome is answered after its commit.
 */
export class Ingest {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #committed: (board: string) => void;
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #running = new Map<string, Promise<void>>();

  constructor(store: Store, now: () => number, committed: (board: string) => void) {
    this.#store = store;
    this.#now = now;
    this.#committed = committed;
  }

  take(board: string, incoming: Incoming): Promise<IngestOutcome> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(board) ?? [];
      this.#waiting.set(board, waiting);
      waiting.push({ incoming, resolve, reject });
      if (!this.#running.has(board)) this.#running.set(board, this.#run(board, waiting));
    });
  }

  /** Resolves when everything taken so far is written. */
  async idle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  async #run(board: string, waiting: Waiting[]): Promise<void> {
    while (waiting.length > 0) {
      // Those who come a moment later ride along: one sync of the disk for all, and time for the readers of the board.
      if (waiting.length < enough) await pause(gatherMs);
      const batch: Waiting[] = [];
      try {
        await this.#commit(board, waiting, batch);
      } catch (cause) {
        const error = isPitwallError(cause)
          ? cause
          : new PitwallError('store-unavailable', 'The results could not be written; send them again.', { cause });
        // Where the database did not even let it begin, none was taken out yet.
        if (batch.length === 0) batch.push(...waiting.splice(0));
        for (const { reject } of batch) reject(error);
      }
    }
    this.#running.delete(board);
  }

  /** Takes out what waits only once the board is locked: whoever came until then rides along. */
  async #commit(id: string, waiting: Waiting[], batch: Waiting[]): Promise<void> {
    const { engine } = this.#store;
    const outcomes = await this.#store
      .as<LeaderboardTables>()
      .transaction()
      .execute(async (db) => {
        const { board, head } = await lockBoard(db, id);
        batch.push(...waiting.splice(0, largestCommit));
        const ledger = new Ledger({ db, engine }, board, this.#now());
        const written = await ledger.write(
          head,
          batch.map(({ incoming }) => incoming),
        );
        if (written.head !== head) await saveHead(db, id, written.head);
        return written.outcomes;
      });
    batch.forEach(({ resolve, reject }, index) => {
      const outcome = outcomes[index] as (typeof outcomes)[number];
      if (isPitwallError(outcome)) reject(outcome);
      else resolve(outcome);
    });
    this.#committed(id);
  }
}
