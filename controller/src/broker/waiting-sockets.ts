import type { Socket } from 'node:net';
import { addressKey } from '../limits/index.js';
import { isOwnMachine } from '../tls/index.js';

/**
 * Connections that have not said yet who they are. Of more than `most` of one address the oldest goes, so that nobody keeps a car out by
 * holding them; who was let in is not counted any more.
 */
export class WaitingSockets {
  readonly #most: number;
  readonly #byAddress = new Map<string, Set<Socket>>();

  constructor(most: number) {
    this.#most = most;
  }

  add(socket: Socket): void {
    if (socket.remoteAddress === undefined || isOwnMachine(socket)) return;
    const key = addressKey(socket.remoteAddress);
    const waiting = this.#byAddress.get(key) ?? new Set();
    this.#byAddress.set(key, waiting.add(socket));
    socket.once('close', () => {
      waiting.delete(socket);
      if (waiting.size === 0 && this.#byAddress.get(key) === waiting) this.#byAddress.delete(key);
    });
    if (waiting.size > this.#most) waiting.values().next().value?.destroy();
  }

  /** It was let in. */
  delete(socket: Socket): void {
    this.#byAddress.get(addressKey(socket.remoteAddress ?? ''))?.delete(socket);
  }
}
