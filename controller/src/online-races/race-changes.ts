/** Tells who follows a race that its organizer changed it here; what others change is seen when somebody looks. */
export class RaceChanges {
  /** Grows with each. */
  count = 0;
  readonly #watchers = new Map<string, Set<() => void>>();

  /** Answers how to stop. */
  watch(race: string, watcher: () => void): () => void {
    const watchers = this.#watchers.get(race) ?? new Set();
    this.#watchers.set(race, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#watchers.get(race) === watchers) this.#watchers.delete(race);
    };
  }

  tell(race: string): void {
    this.count += 1;
    for (const watcher of [...(this.#watchers.get(race) ?? [])]) watcher();
  }
}
