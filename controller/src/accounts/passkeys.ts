import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import { type EpochMs, PitwallError, parse } from '@pitwall/protocol';
import {
  type NewPasskey,
  type OwnPasskey,
  PasskeyCreation,
  type PasskeyProof,
  PasskeyRequest,
} from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import { limits } from '../limits/index.js';
import type { Store } from '../store/index.js';
import { Challenges } from './challenges.js';
import type { PeopleTables } from './people-tables.js';

/** ES256 (−7), EdDSA (−8) and RS256 (−257), which authenticators have (IANA, COSE Algorithms). */
const algorithms = [-8, -7, -257];

type Row = PeopleTables['people_passkeys'];
/** A passkey that was verified, and is nobody's yet. */
export type VerifiedPasskey = Omit<Row, 'person' | 'name'>;

interface PasskeysOptions {
  readonly store: Store;
  readonly secret: string;
  readonly now: () => number;
}

/**
 * Passkeys: made and used in a browser, for one name of this controller, and checked here (Web Authentication Level 3, §7.1, §7.2) by the
 * library. A signature cannot be guessed, so that tries are not counted.
 */
export class Passkeys {
  readonly #store: Store;
  readonly #secret: string;
  readonly #now: () => number;
  readonly #challenges: Challenges;

  constructor({ store, secret, now }: PasskeysOptions) {
    this.#store = store;
    this.#secret = secret;
    this.#now = now;
    this.#challenges = new Challenges(secret, now);
  }

  /** What a browser needs to make a passkey, for the page of that origin. @throws PitwallError `passkey-refused` */
  async creation(origin: string, alias: string, person?: string): Promise<PasskeyCreation> {
    const host = hostOf(origin);
    const own = person === undefined ? [] : await this.#of(person);
    if (own.length >= limits.passkeys.ofPerson)
      throw new PitwallError(
        'passkey-refused',
        `You have ${limits.passkeys.ofPerson} passkeys already: remove one first.`,
      );
    const challenge = this.#challenges.make(purposeOf(host, person));
    const { generateRegistrationOptions } = await import('@simplewebauthn/server');
    const options = await generateRegistrationOptions({
      rpName: 'Pitwall',
      rpID: host,
      userName: alias,
      userDisplayName: alias,
      userID: Uint8Array.from(Buffer.from(own[0]?.handle ?? this.#handle(challenge), 'base64url')),
      challenge,
      attestationType: 'none',
      supportedAlgorithmIDs: algorithms,
      excludeCredentials: own.map(({ id }) => ({ id })),
      // Found by the browser itself, so that nobody types a name, and opened by finger, face or PIN.
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    return parse(PasskeyCreation, options, 'What a browser is asked for');
  }

  /** @throws PitwallError `passkey-refused` */
  async verifyNew(origin: string, answer: NewPasskey, person?: string): Promise<VerifiedPasskey> {
    const host = hostOf(origin);
    let signed = '';
    const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
    const verified = await orRefuse(
      verifyRegistrationResponse({
        response: answer as Parameters<typeof verifyRegistrationResponse>[0]['response'],
        expectedOrigin: origin,
        expectedRPID: host,
        expectedChallenge: (challenge) => {
          signed = textOf(challenge);
          return this.#challenges.take(purposeOf(host, person), signed);
        },
        supportedAlgorithmIDs: algorithms,
      }),
    );
    if (!verified.verified) throw refused();
    const { id, publicKey, counter } = verified.registrationInfo.credential;
    return {
      id,
      host,
      handle: this.#handle(signed),
      public_key: Buffer.from(publicKey).toString('base64url'),
      counter,
      created_at: this.#now(),
      used_at: null,
    };
  }

  /** @throws PitwallError `passkey-refused` where somebody has it already. */
  async keep(passkey: VerifiedPasskey, person: string, name: string): Promise<OwnPasskey> {
    const handle = (await this.#of(person))[0]?.handle ?? passkey.handle;
    const row = { ...passkey, handle, person, name };
    const { numInsertedOrUpdatedRows } = await this.#db
      .insertInto('people_passkeys')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow();
    if (numInsertedOrUpdatedRows !== 1n) throw refused();
    return shown(row);
  }

  /** What a browser needs to look for a passkey. @throws PitwallError `passkey-refused` */
  async request(origin: string): Promise<PasskeyRequest> {
    const host = hostOf(origin);
    const { generateAuthenticationOptions } = await import('@simplewebauthn/server');
    const options = await generateAuthenticationOptions({
      rpID: host,
      challenge: this.#challenges.make(`sign-in ${host}`),
      userVerification: 'required',
    });
    return parse(PasskeyRequest, options, 'What a browser is asked for');
  }

  /** Whose passkey it is. @throws PitwallError `passkey-refused` */
  async verify(origin: string, answer: PasskeyProof): Promise<string> {
    const host = hostOf(origin);
    const row = await this.#reading
      .selectFrom('people_passkeys')
      .selectAll()
      .where('id', '=', answer.id)
      .executeTakeFirst();
    const { userHandle } = answer.response;
    if (row === undefined || row.host !== host || (userHandle !== undefined && userHandle !== row.handle)) {
      throw new PitwallError(
        'passkey-refused',
        'Nobody here has this passkey, or not any more: sign in another way, or delete it where your passkeys are kept.',
      );
    }
    const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
    const { verified, authenticationInfo } = await orRefuse(
      verifyAuthenticationResponse({
        response: answer as Parameters<typeof verifyAuthenticationResponse>[0]['response'],
        expectedOrigin: origin,
        expectedRPID: host,
        expectedChallenge: (challenge) => this.#challenges.take(`sign-in ${host}`, textOf(challenge)),
        credential: {
          id: row.id,
          publicKey: Uint8Array.from(Buffer.from(row.public_key, 'base64url')),
          counter: Number(row.counter),
        },
      }),
    );
    if (!verified) throw refused();
    await this.#db
      .updateTable('people_passkeys')
      .set({ counter: authenticationInfo.newCounter, used_at: this.#now() })
      .where('id', '=', row.id)
      .execute();
    return row.person;
  }

  async list(person: string): Promise<OwnPasskey[]> {
    return (await this.#of(person)).map(shown);
  }

  /** @throws PitwallError `not-found` */
  async remove(person: string, id: string): Promise<void> {
    const { numDeletedRows } = await this.#db
      .deleteFrom('people_passkeys')
      .where('person', '=', person)
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    if (numDeletedRows !== 1n) throw new PitwallError('not-found', 'This passkey is removed already.');
  }

  async removeAll(person: string): Promise<void> {
    await this.#db.deleteFrom('people_passkeys').where('person', '=', person).execute();
  }

  async #of(person: string): Promise<Row[]> {
    const all = this.#reading.selectFrom('people_passkeys').selectAll().where('person', '=', person);
    return await all.orderBy('created_at').execute();
  }

  /** By which an authenticator knows the person; nothing of them is in it (Web Authentication Level 3, §14.6.1). */
  #handle(challenge: string): string {
    return createHmac('sha256', this.#secret).update(`handle\n${challenge}`).digest('base64url');
  }

  get #db(): Kysely<PeopleTables> {
    return this.#store.as<PeopleTables>();
  }

  get #reading(): Kysely<PeopleTables> {
    return this.#store.reading<PeopleTables>();
  }
}

const purposeOf = (host: string, person: string | undefined): string =>
  person === undefined ? `sign-up ${host}` : `add ${host} ${person}`;

const textOf = (challenge: string): string => Buffer.from(challenge, 'base64url').toString();

const shown = ({ id, name, host, created_at, used_at }: Row): OwnPasskey => ({
  id,
  name,
  host,
  since: Number(created_at) as EpochMs,
  usedAt: used_at === null ? null : (Number(used_at) as EpochMs),
});

const refused = (cause?: unknown): PitwallError =>
  new PitwallError('passkey-refused', 'The passkey does not fit, or it took too long: try again.', { cause });

/** What the library does not take it throws, in words for programmers. */
async function orRefuse<T>(verifying: Promise<T>): Promise<T> {
  try {
    return await verifying;
  } catch (cause) {
    throw refused(cause);
  }
}

/** For which name passkeys of the page are: addresses have none (Web Authentication Level 3, §5.1.3: a valid domain). */
function hostOf(origin: string): string {
  const { hostname, protocol } = new URL(origin);
  const isSecure = protocol === 'https:' || hostname === 'localhost' || hostname.endsWith('.localhost');
  if (!isSecure || hostname.startsWith('[') || isIP(hostname) !== 0)
    throw new PitwallError(
      'passkey-refused',
      'Passkeys work where this controller has a name and TLS: open https://NAME, or http://localhost on its own machine.',
    );
  return hostname;
}
