import type { EpochMs } from '@pitwall/protocol';
import type { Machine, Rival } from '@pitwall/protocol/api';

/** A car or a gate by the name it connects with: `car:blue`, `gate:start`. */
export type IdentityName = `${'car' | 'gate'}:${string}`;

export interface IdentitiesOptions {
  readonly epoch: () => EpochMs;
  readonly timers: { set(action: () => void, ms: number): unknown; clear(timer: unknown): void };
  readonly log: { warn(details: object, message: string): void };
}

interface Known {
  machine: Machine | null;
  rival: Rival | null;
  forgetting: unknown;
  saidAt: EpochMs | undefined;
}

/** A rival that has not tried for so long is gone; it tries every ten seconds. */
const forgottenMs = 45_000;
const sayEveryMs = 60_000;

/** Which computer each car and each gate is, and which other one says that it is the same. */
export class Identities {
  readonly #options: IdentitiesOptions;
  readonly #known = new Map<IdentityName, Known>();
  readonly #watchers = new Set<(name: IdentityName, rival: Rival | null) => void>();

  constructor(options: IdentitiesOptions) {
    this.#options = options;
  }

  stop(): void {
    for (const { forgetting } of this.#known.values()) this.#options.timers.clear(forgetting);
  }

  of(name: IdentityName): { readonly machine: Machine | null; readonly rival: Rival | null } {
    const { machine = null, rival = null } = this.#known.get(name) ?? {};
    return { machine, rival };
  }

  /** That computer has the identity. What is not known of it now, was known before. */
  held(name: IdentityName, { host, address }: Machine): void {
    const known = this.#of(name);
    const before = known.machine;
    const same = before !== null && (before.host === null || host === null || before.host === host);
    known.machine = same ? { host: host ?? before.host, address: address ?? before.address } : { host, address };
  }

  /** The broker let it in. */
  admitted(name: IdentityName, machine: Machine): void {
    this.held(name, machine);
    const { rival } = this.of(name);
    if (rival !== null && rival.host === machine.host && rival.address === machine.address) this.rivalGone(name);
  }

  /** Another computer says that it has it. */
  claimed(name: IdentityName, { host, address }: Machine): void {
    const known = this.#of(name);
    const { rival } = known;
    const { epoch, timers, log } = this.#options;
    timers.clear(known.forgetting);
    known.forgetting = timers.set(() => this.rivalGone(name), forgottenMs);
    if (rival === null || rival.host !== host || rival.address !== address) {
      known.rival = { host, address, since: epoch() };
      this.#tell(name, known.rival);
    }
    const now = epoch();
    if (known.saidAt !== undefined && now - known.saidAt < sayEveryMs) return;
    known.saidAt = now;
    log.warn(
      { identity: name, holder: known.machine, rival: { host, address } },
      'two computers have one identity; the second is not let in: give it an id and a token of its own',
    );
  }

  rivalGone(name: IdentityName): void {
    const known = this.#known.get(name);
    if (known === undefined || known.rival === null) return;
    this.#options.timers.clear(known.forgetting);
    known.rival = null;
    this.#tell(name, null);
  }

  /** Each as it comes and goes; null: gone. Answers how to stop. */
  watch(watcher: (name: IdentityName, rival: Rival | null) => void): () => void {
    for (const [name, { rival }] of this.#known) if (rival !== null) watcher(name, rival);
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #of(name: IdentityName): Known {
    let known = this.#known.get(name);
    if (known === undefined) {
      known = { machine: null, rival: null, forgetting: undefined, saidAt: undefined };
      this.#known.set(name, known);
    }
    return known;
  }

  #tell(name: IdentityName, rival: Rival | null): void {
    for (const watcher of this.#watchers) watcher(name, rival);
  }
}
