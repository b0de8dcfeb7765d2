/** Which numbers of a counter have come, as ranges: gaps and duplicates show, and memory does not grow with the count. */
export class SeqSet {
  /** Ascending, disjoint and never adjacent: [first, last]. */
  readonly #ranges: [number, number][] = [];

  /** @returns false where it was there already. */
  add(seq: number): boolean {
    // Nearly always it goes at the end.
    let i = this.#ranges.length;
    while (i > 0 && (this.#ranges[i - 1] as [number, number])[0] > seq) i--;
    const before = this.#ranges[i - 1];
    if (before !== undefined && seq <= before[1]) return false;
    const after = this.#ranges[i];
    const joinsBefore = before !== undefined && before[1] === seq - 1;
    const joinsAfter = after !== undefined && after[0] === seq + 1;
    if (joinsBefore && joinsAfter) {
      before[1] = after[1];
      this.#ranges.splice(i, 1);
    } else if (joinsBefore) before[1] = seq;
    else if (joinsAfter) after[0] = seq;
    else this.#ranges.splice(i, 0, [seq, seq]);
    return true;
  }

  has(seq: number): boolean {
    return this.#ranges.some(([first, last]) => first <= seq && seq <= last);
  }

  /** CrossingNumbers between the first and the last that have not come. */
  get missing(): number {
    let missing = 0;
    for (let i = 1; i < this.#ranges.length; i++)
      missing += (this.#ranges[i] as [number, number])[0] - (this.#ranges[i - 1] as [number, number])[1] - 1;
    return missing;
  }
}
