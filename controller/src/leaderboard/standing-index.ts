import { comparePlacings, type Placing, RankedList } from '@pitwall/protocol/ranking';
import type { Kind, StandingRow } from './tables.js';

export type Column = Kind | 'combined';

/** Part of a column that ranks on its own; null takes any. */
export interface Filter {
  readonly country: string | null;
  readonly division: string | null;
}

export const unfiltered: Filter = { country: null, division: null };

/** What the ranking needs of a standing; the rest stays in the database. */
export interface Ranked extends Placing {
  readonly racer: string;
  readonly kind: Kind;
  readonly country: string | null;
  readonly division: string | null;
}

const scopesOf = ({ country, division }: Ranked): Filter[] => [
  unfiltered,
  ...(country === null ? [] : [{ country, division: null }]),
  ...(division === null ? [] : [{ country: null, division }]),
  ...(country === null || division === null ? [] : [{ country, division }]),
];

const keyOf = (column: Column, { country, division }: Filter): string => `${column} ${country ?? ''} ${division ?? ''}`;

/** A racer with counted results of which none qualifies. */
export interface Unranked {
  readonly racer: string;
  readonly kind: string;
}

const compareUnranked = (a: Unranked, b: Unranked): number =>
  a.racer < b.racer ? -1 : a.racer > b.racer ? 1 : a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0;

/**
 * One board's ranking in memory: the place of each racer in each column and filter, found in logarithmic time. Follows
 * the board's standings by their `seq`, so that several processes over one database agree.
 */
export class StandingIndex {
  #seq = 0;
  readonly #lists = new Map<string, RankedList<Ranked>>();
  readonly #entries: Record<Kind, Map<string, Ranked>> = { physical: new Map(), virtual: new Map() };
  readonly #combined = new Map<string, Ranked>();
  readonly #unranked = new RankedList<Unranked>(compareUnranked);

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
      const entries = this.#entries[kind];
      const ranked =
        result_id === null || score === null || finished_at === null
          ? undefined
          : { racer, kind, score, finishedAt: finished_at, resultId: result_id, country, division, seq };
      this.#replace(kind, entries.get(racer), ranked);
      if (ranked === undefined) entries.delete(racer);
      else entries.set(racer, ranked);
      this.#combine(racer);
      this.#unranked.remove({ racer, kind });
      if (ranked === undefined && present === 1) this.#unranked.add({ racer, kind });
    }
  }

  /** So many of the unranked, by id and kind, from behind `after`. */
  unranked(after: Unranked | undefined, count: number): Unranked[] {
    // No kind sorts between a kind and the same with a character behind it.
    const from = after === undefined ? 0 : this.#unranked.countBefore({ ...after, kind: `${after.kind}\0` });
    return this.#unranked.slice(from, count);
  }

  /** The racer's entry in the column, where there is one. */
  entry(column: Column, racer: string): Ranked | undefined {
    return column === 'combined' ? this.#combined.get(racer) : this.#entries[column].get(racer);
  }

  size(column: Column, filter: Filter): number {
    return this.#list(column, filter)?.size ?? 0;
  }

  /** How many in the column and filter stand before this placing. */
  countBefore(column: Column, filter: Filter, placing: Placing): number {
    return this.#list(column, filter)?.countBefore(placing as Ranked) ?? 0;
  }

  slice(column: Column, filter: Filter, from: number, count: number): Ranked[] {
    return this.#list(column, filter)?.slice(from, count) ?? [];
  }

  #combine(racer: string): void {
    const { physical, virtual } = this.#entries;
    const [one, other] = [physical.get(racer), virtual.get(racer)];
    const best = one === undefined || (other !== undefined && comparePlacings(other, one) < 0) ? other : one;
    this.#replace('combined', this.#combined.get(racer), best);
    if (best === undefined) this.#combined.delete(racer);
    else this.#combined.set(racer, best);
  }

  #replace(column: Column, before: Ranked | undefined, after: Ranked | undefined): void {
    if (before === after) return;
    if (before !== undefined) for (const scope of scopesOf(before)) this.#list(column, scope)?.remove(before);
    if (after === undefined) return;
    for (const scope of scopesOf(after)) {
      const key = keyOf(column, scope);
      const list = this.#lists.get(key) ?? new RankedList<Ranked>(comparePlacings);
      this.#lists.set(key, list);
      list.add(after);
    }
  }

  #list(column: Column, filter: Filter): RankedList<Ranked> | undefined {
    return this.#lists.get(keyOf(column, filter));
  }
}
