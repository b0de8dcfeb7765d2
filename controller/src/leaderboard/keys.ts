import { PitwallError } from '@pitwall/protocol';
import { calculateJwkThumbprint, compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import type { LeaderboardTables } from './tables.js';

/** `typ` of a signed result's header: a signature made for something else is none here. */
export const resultType = 'pitwall-result';

/** Of a signed {@link Erasure}. */
export const erasureType = 'pitwall-erasure';

/** An RFC 7638 thumbprint: what a key's id looks like. */
const thumbprint = /^[A-Za-z0-9_-]{43}$/;

type PublicKey = Awaited<ReturnType<typeof importJWK>>;

interface KnownKey {
  readonly source: string;
  readonly key: PublicKey;
}

export interface SourceKey {
  readonly kid: string;
  readonly source: string;
  readonly createdAt: number;
  readonly revokedAt: number | null;
}

/** Whose key signed something, and which. */
export interface SignedBy {
  readonly source: string;
  readonly kid: string;
}

const refused = (message: string, cause?: unknown) => new PitwallError('signature-invalid', message, { cause });

export const revoked = ({ source, kid }: SignedBy): PitwallError =>
  refused(`Key ${kid} of ${source} was revoked; sign with a current one.`);

/**
 * The public keys with which sources sign: several at a time while one is rotated. What a key is never changes, so it is
 * remembered; whether it was revoked, maybe by another process, is looked up where a result is written.
 */
export class SourceKeys {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #known = new Map<string, KnownKey>();

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Registers an Ed25519 public key (JWK); its id is its thumbprint (RFC 7638). Repeating it changes nothing. */
  async register(source: string, jwk: JWK): Promise<SourceKey> {
    const { kty, crv, x } = jwk;
    if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string' || Buffer.from(x, 'base64url').length !== 32)
      throw new PitwallError('message-invalid', 'A key must be an Ed25519 public key as JWK: {kty: "OKP", crv, x}.');
    const publicPart = { kty, crv, x };
    const kid = await calculateJwkThumbprint(publicPart);
    await this.#db
      .insertInto('leaderboard_keys')
      .values({ kid, source, jwk: JSON.stringify(publicPart), created_at: this.#now(), revoked_at: null })
      .onConflict((conflict) => conflict.column('kid').doNothing())
      .execute();
    const row = await this.#row(kid);
    if (row?.source !== source)
      throw new PitwallError('key-conflict', `Key ${kid} belongs to another source; make a new one for ${source}.`);
    if (row.revoked_at !== null)
      throw new PitwallError('key-conflict', `Key ${kid} of ${source} was revoked; make and register a new one.`);
    return { kid, source, createdAt: row.created_at, revokedAt: null };
  }

  async list(source: string): Promise<SourceKey[]> {
    const rows = await this.#store
      .reading<LeaderboardTables>()
      .selectFrom('leaderboard_keys')
      .select(['kid', 'source', 'created_at', 'revoked_at'])
      .where('source', '=', source)
      .orderBy('created_at')
      .execute();
    return rows.map((row) => ({
      kid: row.kid,
      source: row.source,
      createdAt: row.created_at,
      revokedAt: row.revoked_at,
    }));
  }

  /** From now on what the key signs is refused; what it signed before stays. */
  async revoke(source: string, kid: string): Promise<void> {
    this.#known.delete(kid);
    const { numUpdatedRows } = await this.#db
      .updateTable('leaderboard_keys')
      .set({ revoked_at: this.#now() })
      .where('kid', '=', kid)
      .where('source', '=', source)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n && (await this.#row(kid))?.source !== source)
      throw new PitwallError('not-found', `${source} has no key ${kid}.`);
  }

  /**
   * Who signed it, and what. @throws PitwallError `signature-invalid`: not a JWS, another algorithm or type, an unknown
   * or revoked key, a signature that does not fit.
   */
  async verify(jws: string, type: string = resultType): Promise<{ signedBy: SignedBy; payload: string }> {
    let kid: unknown;
    try {
      const header = decodeProtectedHeader(jws);
      kid = header.typ === type ? header.kid : undefined;
    } catch (cause) {
      throw refused('The signature is not a compact JWS.', cause);
    }
    if (typeof kid !== 'string' || !thumbprint.test(kid))
      throw refused(`The JWS header must have typ "${type}" and the key's id as kid.`);
    const known = await this.#key(kid);
    try {
      const { payload } = await compactVerify(jws, known.key, { algorithms: ['EdDSA', 'Ed25519'] });
      return { signedBy: { source: known.source, kid }, payload: Buffer.from(payload).toString('utf8') };
    } catch (cause) {
      throw refused(`The signature does not fit the result and key ${kid} of ${known.source}.`, cause);
    }
  }

  async #key(kid: string): Promise<KnownKey> {
    const known = this.#known.get(kid);
    if (known !== undefined) return known;
    const row = await this.#row(kid);
    if (row === undefined) throw refused(`Key ${kid} is not registered here; register the source's public key first.`);
    if (row.revoked_at !== null) throw revoked(row);
    const fresh = { source: row.source, key: await importJWK(JSON.parse(row.jwk) as JWK, 'EdDSA') };
    this.#known.set(kid, fresh);
    return fresh;
  }

  async #row(kid: string) {
    return await this.#store
      .reading<LeaderboardTables>()
      .selectFrom('leaderboard_keys')
      .selectAll()
      .where('kid', '=', kid)
      .executeTakeFirst();
  }

  get #db(): Kysely<LeaderboardTables> {
    return this.#store.as<LeaderboardTables>();
  }
}
