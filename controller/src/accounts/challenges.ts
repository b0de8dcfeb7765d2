import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { remembered } from '../limits/index.js';
import { Sealed } from './sealed.js';

/** How long somebody may take to find the key, ms. */
const lasts = 300_000;
const Nonce = z.object({ nonce: z.string() });

/**
 * What a passkey signs: random, good for one purpose and five minutes, and taken once (Web Authentication Level 3, §13.4.3). It is
 * sealed instead of stored: who never comes back leaves nothing in the database.
 */
export class Challenges {
  readonly #sealed: Sealed;
  readonly #used: LRUCache<string, true>;

  constructor(secret: string, now: () => number) {
    this.#sealed = new Sealed(secret, now);
    this.#used = new LRUCache({ ...remembered, ttl: lasts, ttlResolution: 0, perf: { now: () => Math.max(1, now()) } });
  }

  make(purpose: string): string {
    return this.#sealed.close(purpose, { nonce: randomBytes(16).toString('base64url') }, lasts);
  }

  /** Whether it is good, for the first time; not any more from now on. */
  take(purpose: string, challenge: string): boolean {
    if (this.#sealed.open(purpose, Nonce, challenge) === undefined || this.#used.has(challenge)) return false;
    this.#used.set(challenge, true);
    return true;
  }
}
