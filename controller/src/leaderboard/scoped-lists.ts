import { RankedList } from '@pitwall/protocol/ranking';

/** Part of a column that ranks on its own; null takes any. */
export interface Filter {
  readonly country: string | null;
  readonly division: string | null;
}

export const unfiltered: Filter = { country: null, division: null };

const scopesOf = ({ country, division }: Filter): Filter[] => [
  unfiltered,
  ...(country === null ? [] : [{ country, division: null }]),
  ...(division === null ? [] : [{ country: null, division }]),
  ...(country === null || division === null ? [] : [{ country, division }]),
];

const keyOf = ({ country, division }: Filter): string => `${country ?? ''} ${division ?? ''}`;

/** One order of items, whole and for each country, each division, and each division of a country. */
export class ScopedLists<Order, Item extends Order & Filter> {
  readonly #compare: (a: Order, b: Order) => number;
  readonly #lists = new Map<string, RankedList<Item, Order>>();

  constructor(compare: (a: Order, b: Order) => number) {
    this.#compare = compare;
  }

  replace(before: Item | undefined, after: Item | undefined): void {
    if (before === after) return;
    if (before !== undefined) for (const scope of scopesOf(before)) this.#list(scope)?.remove(before);
    if (after === undefined) return;
    for (const scope of scopesOf(after)) {
      const list = this.#list(scope) ?? new RankedList<Item, Order>(this.#compare);
      this.#lists.set(keyOf(scope), list);
      list.add(after);
    }
  }

  size(filter: Filter): number {
    return this.#list(filter)?.size ?? 0;
  }

  /** How many stand before this, which may be no item. */
  countBefore(filter: Filter, order: Order): number {
    return this.#list(filter)?.countBefore(order) ?? 0;
  }

  slice(filter: Filter, from: number, count: number): Item[] {
    return this.#list(filter)?.slice(from, count) ?? [];
  }

  #list(filter: Filter): RankedList<Item, Order> | undefined {
    return this.#lists.get(keyOf(filter));
  }
}
