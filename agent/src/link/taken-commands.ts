import { type BootId, type Micros, PitwallError, type SessionId } from '@pitwall/protocol';
import type { CarCommand } from '@pitwall/protocol/messages';
import { LRUCache } from 'lru-cache';

/** So many commands, and so many senders. */
const remembered = 1000;

/** What a car was told already: a command counts once, in its time, and not after a later one of the same sender. */
export class TakenCommands {
  readonly #bootId: BootId;
  readonly #seen = new LRUCache<string, true>({ max: remembered });
  /** Of each session that gave commands, the number of its latest. */
  readonly #latest = new LRUCache<SessionId, number>({ max: remembered });

  /** @param bootId of the clock in which commands expire */
  constructor(bootId: BootId) {
    this.#bootId = bootId;
  }

  /**
   * An e-stop is never too old.
   * @throws PitwallError `command-repeated`, `command-out-of-order`, `command-expired`
   */
  add({ commandId, expires, action, order }: CarCommand, now: Micros): void {
    if (this.#seen.has(commandId)) {
      throw new PitwallError('command-repeated', 'This command was taken before; a new one wants a new id.');
    }
    this.#seen.set(commandId, true);
    if (action.type === 'e-stop') return;
    if (order !== undefined) this.#refuseOvertaken(order);
    if (expires.bootId !== this.#bootId || expires.at < now) {
      throw new PitwallError('command-expired', 'The command came after its time; give it again if it is still meant.');
    }
  }

  #refuseOvertaken({ sessionId, seq }: NonNullable<CarCommand['order']>): void {
    if (seq <= (this.#latest.get(sessionId) ?? -1)) {
      throw new PitwallError(
        'command-out-of-order',
        'A later command of this sender was taken; this one came too late.',
      );
    }
    this.#latest.set(sessionId, seq);
  }
}
