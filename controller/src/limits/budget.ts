import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { Allowance } from './limits.js';
import { remembered } from './remembered.js';

/** What one has taken, less what has come back since. */
export class Budget {
  readonly #allowance: Allowance;
  readonly #now: () => number;
  #taken = 0;
  #at: number;

  /** @param now monotonic, ms */
  constructor(allowance: Allowance, now: () => number = () => performance.now()) {
    this.#allowance = allowance;
    this.#now = now;
    this.#at = now();
  }

  /** Seconds until there is something left; 0 where there is now. */
  get wait(): number {
    const now = this.#now();
    const { burst, perSecond } = this.#allowance;
    this.#taken = Math.max(0, this.#taken - ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
    return Math.max(0, (this.#taken - burst) / perSecond);
  }

  /** Takes, whether or not there was enough. @returns seconds until it is paid off; 0 within the allowance */
  take(amount: number): number {
    this.#taken += amount;
    return this.wait;
  }

  /** Takes one where there is something left. @returns seconds to wait, and nothing was taken; 0: it was */
  ask(): number {
    const { wait } = this;
    if (wait === 0 && this.#taken + 1 > this.#allowance.burst) return 1 / this.#allowance.perSecond;
    if (wait === 0) this.#taken += 1;
    return wait;
  }
}

/** A {@link Budget} for each of many; those who were not heard of for longest are forgotten. */
export class Budgets {
  readonly #of: LRUCache<string, Budget>;
  readonly #make: () => Budget;

  constructor(allowance: Allowance, now?: () => number) {
    this.#of = new LRUCache(remembered);
    this.#make = () => new Budget(allowance, now);
  }

  of(key: string): Budget {
    const known = this.#of.get(key);
    if (known !== undefined) return known;
    const made = this.#make();
    this.#of.set(key, made);
    return made;
  }
}

/** Under what an address is counted. One machine has 2^64 of IPv6 (RFC 4291 §2.5.1): counted is its network. */
export function addressKey(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('%')[0]?.split('::') ?? [];
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
