import type { Board, IngestOutcome, Standings, StandingsRow, UnrankedRow } from '@pitwall/protocol/api';
import type { Store } from '../store/index.js';
import { Boards } from './boards.js';
import { Ingest } from './ingest.js';
import { SourceKeys } from './keys.js';
import type { Incoming } from './ledger.js';
import { type Column, type Filter, unfiltered } from './standing-index.js';
import { BoardReader, heading, rowOf, unrankedOf } from './standings-read.js';

export interface StandingsQuery {
  readonly filter?: Filter;
  readonly limit: number;
}

/** The leaderboard service: boards, the results they take, and what they show. */
export class Leaderboards {
  readonly boards: Boards;
  readonly keys: SourceKeys;
  readonly #store: Store;
  readonly #ingest: Ingest;
  readonly #readers = new Map<string, BoardReader>();

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store;
    this.boards = new Boards(store, now);
    this.keys = new SourceKeys(store, now);
    this.#ingest = new Ingest(store, now, () => undefined);
  }

  /** Answers after the commit. @throws PitwallError of what the result is refused for. */
  async ingest(board: string, incoming: Incoming): Promise<IngestOutcome> {
    return await this.#ingest.take(board, incoming);
  }

  /** The first of each column. @throws PitwallError `not-found`. */
  async standings(id: string, { filter = unfiltered, limit }: StandingsQuery): Promise<Standings> {
    const board = await this.boards.get(id);
    const reader = await this.#reader(board);
    const top = async (column: Column) => (await reader.rows(column, filter, 0, limit)).map(rowOf) as StandingsRow[];
    return {
      ...heading(board),
      leaderboard: board.id,
      physical: await top('physical'),
      virtual: await top('virtual'),
      unranked: (await reader.unranked('', limit)).map(unrankedOf) as UnrankedRow[],
    };
  }

  /** Finishes what was taken. */
  async stop(): Promise<void> {
    await this.#ingest.idle();
  }

  async #reader({ id }: Board): Promise<BoardReader> {
    const reader = this.#readers.get(id) ?? new BoardReader(this.#store, id);
    this.#readers.set(id, reader);
    await reader.sync();
    return reader;
  }
}
