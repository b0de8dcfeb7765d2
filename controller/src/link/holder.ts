import type { Micros, SessionId } from '@pitwall/protocol';
import type { Computer, Envelope } from '@pitwall/protocol/messages';
import { LRUCache } from 'lru-cache';
import type { Identities, IdentityName } from './identities.js';

/** As cars and gates say it. */
interface Presence extends Envelope {
  readonly status: 'online' | 'offline' | 'lost';
  readonly computer?: Computer | undefined;
}

/** Of one identity, so many connections are told apart. */
const remembered = 16;
/** µs without a word after which the one that was meant is believed no longer. */
const patience = 5_000_000;

/**
 * Which of the programs that speak with one identity is meant, from what they say alone: a broker elsewhere lets both in. It
 * stays the first for as long as it is heard. A program that does not say on which computer it runs is not told apart.
 */
export class Holder {
  readonly #name: IdentityName;
  readonly #identities: Pick<Identities, 'held' | 'claimed' | 'rivalGone'>;
  readonly #sessions = new LRUCache<SessionId, Computer>({ max: remembered });
  #computer: Computer | undefined;
  #online = false;
  #heardAt = Number.NEGATIVE_INFINITY;

  constructor(name: IdentityName, identities: Pick<Identities, 'held' | 'claimed' | 'rivalGone'>) {
    this.#name = name;
    this.#identities = identities;
  }

  /** Whom commands are for; undefined where nobody says it. */
  get instance(): string | undefined {
    return this.#computer?.instance;
  }

  /**
   * @param now undefined where the broker had kept it: old news
   * @returns whether it is the presence of the one that is meant
   */
  takesPresence({ sessionId, status, computer }: Presence, now: Micros | undefined): boolean {
    if (computer !== undefined) this.#remember(sessionId, computer);
    if (computer !== undefined && this.#isOther(computer)) {
      if (status !== 'online') {
        this.#identities.rivalGone(this.#name);
        return false;
      }
      if (this.#online && now !== undefined && now - this.#heardAt < patience) {
        this.#identities.claimed(this.#name, { host: computer.host, address: null });
        return false;
      }
    }
    if (computer !== undefined) this.#hold(computer);
    this.#online = status === 'online';
    if (this.#online) this.heard(now);
    return true;
  }

  /** @returns whether it was said by the one that is meant */
  takes({ sessionId }: Pick<Envelope, 'sessionId'>, now: Micros | undefined): boolean {
    const computer = this.#sessions.get(sessionId);
    if (computer !== undefined && this.#isOther(computer)) {
      if (this.#online && (now === undefined || now - this.#heardAt < patience)) return false;
      // The first is silent: whoever speaks is the one.
      this.#hold(computer);
      this.#online = true;
    }
    this.heard(now);
    return true;
  }

  heard(now: Micros | undefined): void {
    if (now !== undefined) this.#heardAt = now;
  }

  #isOther({ instance }: Computer): boolean {
    return this.#computer !== undefined && this.#computer.instance !== instance;
  }

  #hold(computer: Computer): void {
    if (this.#isOther(computer)) this.#identities.rivalGone(this.#name);
    this.#computer = computer;
    this.#identities.held(this.#name, { host: computer.host, address: null });
  }

  #remember(sessionId: SessionId, computer: Computer): void {
    this.#sessions.set(sessionId, computer);
  }
}
