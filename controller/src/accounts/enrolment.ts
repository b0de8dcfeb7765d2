import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type EpochMs, PitwallError } from '@pitwall/protocol';
import {
  base32Of,
  type JoinRequest,
  joinCodeLength,
  type MachineIdentity,
  readJoinCode,
  type WaitingMachine,
} from '@pitwall/protocol/api';
import { LRUCache } from 'lru-cache';
import { addressKey, limits, remembered } from '../limits/index.js';
import type { Accounts } from './accounts.js';

/** A code, and who waits with one, is good for so long, ms: a walk to the car and back. */
const lasts = 900_000;
/** Codes and waiting machines at most; the oldest go. */
const most = 200;

interface Asked extends Omit<WaitingMachine, 'replaces'> {
  readonly tokenHash: string;
  state: 'waiting' | 'in' | 'refused';
}

/**
 * How cars and gates come by a token of their own: staff makes a code for one of them, the machine shows it once with the hash of a token
 * that it made itself, and staff lets it in. A code alone opens nothing, so it may be read over a shoulder. All in memory: after a restart
 * one begins again.
 */
export class Enrolment {
  readonly #accounts: Accounts;
  readonly #now: () => number;
  readonly #codes: LRUCache<string, MachineIdentity>;
  readonly #asked: LRUCache<string, Asked>;
  readonly #wrong: LRUCache<string, number>;

  constructor(accounts: Accounts, now: () => number = Date.now) {
    this.#accounts = accounts;
    this.#now = now;
    const perf = { now: () => Math.max(1, now()) };
    this.#codes = new LRUCache({ max: most, ttl: lasts, ttlResolution: 0, perf });
    this.#asked = new LRUCache({ max: most, ttl: lasts, noUpdateTTL: true, ttlResolution: 0, perf });
    this.#wrong = new LRUCache({
      ...remembered,
      ttl: limits.joinCodes.windowMs,
      noUpdateTTL: true,
      ttlResolution: 0,
      perf,
    });
  }

  /** A new code; an earlier one for the same machine is good no more. */
  makeCode({ role, name }: MachineIdentity): { code: string; expiresAt: EpochMs } {
    for (const [code, machine] of this.#codes)
      if (machine.role === role && machine.name === name) this.#codes.delete(code);
    const code = base32Of(randomBytes(joinCodeLength), joinCodeLength);
    this.#codes.set(code, { role, name });
    return { code, expiresAt: (this.#now() + lasts) as EpochMs };
  }

  /** Uses a code up. @throws PitwallError `link-used` for one that is not good, `too-many-tries` */
  ask({ code: typed, role, tokenHash, host }: JoinRequest, address: string): Asked {
    const code = readJoinCode(typed)?.code ?? '';
    const machine = this.#codes.get(code);
    if (machine === undefined || machine.role !== role) {
      // A good code, of 2^40, is taken however many wrong ones came from its network: a child beside a car does not keep it out.
      const key = addressKey(address);
      const wrong = this.#wrong.get(key) ?? 0;
      if (wrong >= limits.joinCodes.ofAddress) {
        const wait = Math.max(1, Math.ceil(this.#wrong.getRemainingTTL(key) / 1000));
        throw new PitwallError('too-many-tries', `Too many wrong codes from this address: try again in ${wait} s.`, {
          details: { retryAfter: wait },
        });
      }
      this.#wrong.set(key, wrong + 1);
      throw new PitwallError('link-used', `This is no code for a ${role} that is good now: ask for a new one on Cars.`);
    }
    this.#codes.delete(code);
    const id = randomBytes(16).toString('hex');
    const since = this.#now() as EpochMs;
    const asked: Asked = { ...machine, id, key: keyOf(tokenHash), host, address, since, tokenHash, state: 'waiting' };
    this.#asked.set(id, asked);
    return asked;
  }

  /** @throws PitwallError `not-found` where it waited too long */
  of(id: string): Asked {
    const asked = this.#asked.get(id);
    if (asked === undefined || !timingSafeEqual(Buffer.from(asked.id), Buffer.from(id)))
      throw new PitwallError('not-found', 'Nobody waits by that number (any more): begin again with a new code.');
    return asked;
  }

  /** Who waits, and who is in. */
  async list(): Promise<{ machines: (MachineIdentity & { since: EpochMs })[]; waiting: WaitingMachine[] }> {
    const machines = (await this.#accounts.holders()).flatMap(({ role, name, since }) =>
      role === 'car' || role === 'gate' ? [{ role, name, since }] : [],
    );
    const isIn = (one: MachineIdentity) => machines.some(({ role, name }) => role === one.role && name === one.name);
    const waiting = [...this.#asked.values()]
      .filter(({ state }) => state === 'waiting')
      .map(({ tokenHash: _hash, state: _state, ...shown }) => ({ ...shown, replaces: isIn(shown) }))
      .sort((a, b) => a.since - b.since);
    return { machines, waiting };
  }

  /** @throws PitwallError `not-found`, `link-used` where somebody has decided already */
  async decide(id: string, decision: 'let-in' | 'refuse'): Promise<Asked> {
    const asked = this.of(id);
    if (asked.state !== 'waiting')
      throw new PitwallError('link-used', `Somebody has decided about ${asked.role} ${asked.name} already.`);
    asked.state = decision === 'let-in' ? 'in' : 'refused';
    const { name, role, tokenHash } = asked;
    if (decision === 'let-in') await this.#accounts.adopt({ name, role }, tokenHash);
    return asked;
  }
}

const keyOf = (tokenHash: string): string => `${tokenHash.slice(0, 4)}-${tokenHash.slice(4, 8)}`.toUpperCase();
