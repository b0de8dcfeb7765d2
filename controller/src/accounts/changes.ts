/** Who is concerned: one session, a person with all sessions, or whoever holds a token of that name and role. */
export type Change =
  | { readonly session: string }
  | { readonly person: string }
  | { readonly name: string; readonly role: string };

interface Concerned {
  readonly name: string;
  readonly role: string;
  readonly person?: string;
  readonly session?: string;
}

/** Tells those who keep a connection open when a credential is good no more, or good for something else. */
export class Changes {
  readonly #watchers = new Set<(change: Change) => void>();

  watch(watcher: (change: Change) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  tell(change: Change): void {
    for (const watcher of this.#watchers) watcher(change);
  }
}

export function concerns(change: Change, who: Concerned | undefined): boolean {
  if (who === undefined) return false;
  if ('session' in change) return who.session === change.session;
  if ('person' in change) return who.person === change.person;
  return who.person === undefined && who.name === change.name && who.role === change.role;
}
