import { comparePlacings, type Placing } from '@pitwall/protocol/ranking';
import { type Filter, ScopedLists } from './scoped-lists.js';
import type { Kind, StandingRow } from './tables.js';

export { type Filter, unfiltered } from './scoped-lists.js';

export type Column = Kind | 'combined';

/** What the ranking needs of a standing; the rest stays in the database. */
export interface Ranked extends Placing, Filter {
  readonly racer: string;
  readonly kind: Kind;
}

/** A racer with counted results of which none qualifies. */
export interface Unranked {
  readonly racer: string;
  readonly kind: string;
}

const compareUnranked = (a: Unranked, b: Unranked): number =>
  a.racer < b.racer ? -1 : a.racer > b.racer ? 1 : a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0;

const ranking = () => new ScopedLists<Placing, Ranked>(comparePlacings);

/**
 * One board's ranking in memory: the place of each racer in each column and filter, found in logarithmic time. Follows
 * the board's standings by their `seq`, so that several processes over one database agree.
 */
export class StandingIndex {
  #seq = 0;
  readonly #columns: Record<Column, ScopedLists<Placing, Ranked>> = {
    physical: ranking(),
    virtual: ranking(),
    combined: ranking(),
  };
  readonly #entries: Record<Column, Map<string, Ranked>> = {
    physical: new Map(),
    virtual: new Map(),
    combined: new Map(),
  };
  readonly #unranked = new ScopedLists<Unranked, Unranked & Filter>(compareUnranked);
  readonly #withoutRank: Record<Kind, Map<string, Unranked & Filter>> = { physical: new Map(), virtual: new Map() };

  /** The last change that is in here. */
  get seq(): number {
    return this.#seq;
  }

  /** Rows in order of `seq`. */
  apply(
    rows: readonly Pick<
      StandingRow,
      'racer' | 'kind' | 'seq' | 'present' | 'result_id' | 'score' | 'finished_at' | 'country' | 'division'
    >[],
  ): void {
    for (const row of rows) {
      const { racer, kind, seq, present, result_id, score, finished_at, country, division } = row;
      this.#seq = Math.max(this.#seq, seq);
      const ranked =
        result_id === null || score === null || finished_at === null
          ? undefined
          : { racer, kind, score, finishedAt: finished_at, resultId: result_id, country, division, seq };
      this.#place(kind, racer, ranked);
      this.#place('combined', racer, this.#better(racer));
      const unranked = ranked === undefined && present === 1 ? { racer, kind, country, division } : undefined;
      this.#unranked.replace(this.#withoutRank[kind].get(racer), unranked);
      keep(this.#withoutRank[kind], racer, unranked);
    }
  }

  /** So many of the unranked, by id and kind, from behind `after`. */
  unranked(filter: Filter, after: Unranked | undefined, count: number): Unranked[] {
    // No kind sorts between a kind and the same with a character behind it.
    const from = after === undefined ? 0 : this.#unranked.countBefore(filter, { ...after, kind: `${after.kind}\0` });
    return this.#unranked.slice(filter, from, count);
  }

  /** The racer's entry in the column, where there is one. */
  entry(column: Column, racer: string): Ranked | undefined {
    return this.#entries[column].get(racer);
  }

  size(column: Column, filter: Filter): number {
    return this.#columns[column].size(filter);
  }

  /** How many in the column and filter stand before this placing. */
  countBefore(column: Column, filter: Filter, placing: Placing): number {
    return this.#columns[column].countBefore(filter, placing);
  }

  slice(column: Column, filter: Filter, from: number, count: number): Ranked[] {
    return this.#columns[column].slice(filter, from, count);
  }

  #better(racer: string): Ranked | undefined {
    const [one, other] = [this.#entries.physical.get(racer), this.#entries.virtual.get(racer)];
    return one === undefined || (other !== undefined && comparePlacings(other, one) < 0) ? other : one;
  }

  #place(column: Column, racer: string, after: Ranked | undefined): void {
    this.#columns[column].replace(this.#entries[column].get(racer), after);
    keep(this.#entries[column], racer, after);
  }
}

function keep<Item>(items: Map<string, Item>, racer: string, item: Item | undefined): void {
  if (item === undefined) items.delete(racer);
  else items.set(racer, item);
}
