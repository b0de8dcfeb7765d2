const blockSize = 512;

/**
 * A sorted list that knows each item's place: finding, adding and removing take a search over blocks and a move within
 * one. `compare` is a total order; two items never compare equal. `Order` is what of an item it looks at.
 */
export class RankedList<Item extends Order, Order = Item> {
  readonly #compare: (a: Order, b: Order) => number;
  #blocks: Item[][] = [];
  /** How many items lie before each block; right below `#counted`. */
  #before: number[] = [];
  #counted = 0;
  #size = 0;

  constructor(compare: (a: Order, b: Order) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  add(item: Item): void {
    if (this.#blocks.length === 0) this.#blocks.push([]);
    const index = this.#blockOf(item);
    const block = this.#blocks[index]!;
    block.splice(this.#within(block, item), 0, item);
    this.#size += 1;
    if (block.length > blockSize) this.#blocks.splice(index + 1, 0, block.splice(blockSize / 2));
    this.#counted = Math.min(this.#counted, index);
  }

  /** Whether it was there. */
  remove(item: Item): boolean {
    if (this.#size === 0) return false;
    const index = this.#blockOf(item);
    const block = this.#blocks[index]!;
    const at = this.#within(block, item);
    const found = block[at];
    if (found === undefined || this.#compare(found, item) !== 0) return false;
    block.splice(at, 1);
    this.#size -= 1;
    if (block.length === 0) this.#blocks.splice(index, 1);
    this.#counted = Math.min(this.#counted, index);
    return true;
  }

  /** How many items come before it, whether it is in the list or not. */
  countBefore(item: Order): number {
    if (this.#size === 0) return 0;
    const index = this.#blockOf(item);
    return this.#start(index) + this.#within(this.#blocks[index]!, item);
  }

  /** `count` items from place `from`, counted from 0. */
  slice(from: number, count: number): Item[] {
    const items: Item[] = [];
    if (from < 0 || from >= this.#size) return items;
    this.#start(this.#blocks.length - 1);
    let index = this.#lastWhere((block) => (this.#before[block] ?? 0) <= from);
    let at = from - (this.#before[index] ?? 0);
    while (items.length < count && index < this.#blocks.length) {
      const block = this.#blocks[index]!;
      items.push(...block.slice(at, at + count - items.length));
      index += 1;
      at = 0;
    }
    return items;
  }

  #start(block: number): number {
    for (let index = this.#counted; index <= block; index += 1)
      this.#before[index] = index === 0 ? 0 : this.#before[index - 1]! + this.#blocks[index - 1]!.length;
    this.#counted = Math.max(this.#counted, block + 1);
    return this.#before[block] ?? 0;
  }

  /** The last block that begins at or before the item. */
  #blockOf(item: Order): number {
    return this.#lastWhere((index) => {
      const first = this.#blocks[index]?.[0];
      return first === undefined || this.#compare(first, item) <= 0;
    });
  }

  /** The last block for which it holds (it holds up to some block), or the first. */
  #lastWhere(holds: (block: number) => boolean): number {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (holds(middle)) low = middle;
      else high = middle - 1;
    }
    return Math.max(low, 0);
  }

  #within(block: readonly Item[], item: Order): number {
    let low = 0;
    let high = block.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(block[middle]!, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
