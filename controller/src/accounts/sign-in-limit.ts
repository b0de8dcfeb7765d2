import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { PitwallError } from '@pitwall/protocol';
import { LRUCache } from 'lru-cache';
import { addressKey, limits, remembered } from '../limits/index.js';

const { windowMs, ofAddress, ofAccount, signUpsOfAddress } = limits.passwords;

export interface Attempt {
  readonly address: string;
  /** What was given as alias or e-mail, folded. */
  readonly account: string;
  /** The cookie that says that somebody signed in to this account on this device before. */
  readonly device?: string | undefined;
}

/**
 * How often a password may be tried, by address and by account. Tries from a device on which the account's owner signed in
 * before are counted for that device alone, so that nobody can lock an owner out by guessing, from the same address neither (OWASP: slow
 * down online guessing attacks with device cookies). A try counts when it begins, so that many at once are no way around.
 */
export class SignInLimit {
  readonly #counts: LRUCache<string, number>;
  readonly #secret: string;

  constructor(secret: string, now: () => number = () => performance.now()) {
    this.#secret = secret;
    this.#counts = new LRUCache({
      ...remembered,
      ttl: windowMs,
      noUpdateTTL: true,
      ttlResolution: 0,
      perf: { now: () => Math.max(1, now()) },
    });
  }

  /** Counts a try. Answers what to call when it succeeded. @throws PitwallError `too-many-tries` */
  begin(attempt: Attempt): () => void {
    const known = this.isDeviceOf(attempt.account, attempt.device);
    const account = known ? `device ${attempt.device}` : `account ${attempt.account}`;
    const counted = known ? [account] : [account, `address ${addressKey(attempt.address)}`];
    for (const key of counted)
      this.#demand(
        key,
        key === account ? ofAccount : ofAddress,
        known ? '' : ' On a device where you signed in before it works at once.',
      );
    for (const key of counted) this.#add(key, 1);
    return () => {
      for (const key of counted) this.#add(key, -1);
    };
  }

  /** Counts somebody who signs up, with or without success. @throws PitwallError `too-many-tries` */
  beginSignUp(address: string): void {
    const key = `sign-ups ${addressKey(address)}`;
    const wait = this.#wait(key, signUpsOfAddress);
    if (wait !== undefined)
      throw new PitwallError('too-many-tries', `Too many sign-ups from this network: try again in ${wait} s.`, {
        details: { retryAfter: wait },
      });
    this.#add(key, 1);
  }

  /** What a device is given when its owner has signed in to the account. */
  deviceOf(account: string): string {
    const nonce = randomBytes(16).toString('base64url');
    return `${nonce}.${this.#seal(account, nonce)}`;
  }

  isDeviceOf(account: string, device: string | undefined): boolean {
    const [nonce, seal, ...more] = (device ?? '').split('.');
    if (nonce === undefined || seal === undefined || more.length > 0) return false;
    const [given, right] = [Buffer.from(seal), Buffer.from(this.#seal(account, nonce))];
    return given.length === right.length && timingSafeEqual(given, right);
  }

  #demand(key: string, most: number, hint: string): void {
    const wait = this.#wait(key, most);
    if (wait !== undefined)
      throw new PitwallError('too-many-tries', `Too many wrong passwords: try again in ${wait} s.${hint}`, {
        details: { retryAfter: wait },
      });
  }

  /** Seconds until the window ends, where it is full. */
  #wait(key: string, most: number): number | undefined {
    if ((this.#counts.get(key) ?? 0) < most) return undefined;
    return Math.max(1, Math.ceil(this.#counts.getRemainingTTL(key) / 1000));
  }

  #add(key: string, by: 1 | -1): void {
    const count = this.#counts.get(key);
    if (count === undefined && by < 0) return;
    this.#counts.set(key, Math.max(0, (count ?? 0) + by));
  }

  #seal(account: string, nonce: string): string {
    return createHmac('sha256', this.#secret).update(`device\n${account}\n${nonce}`).digest('base64url');
  }
}
