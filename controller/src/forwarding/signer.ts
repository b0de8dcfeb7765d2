import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { PitwallError, parseJson } from '@pitwall/protocol';
import { namesOf, Result, type SignedResult, signedContentOf, signedIn } from '@pitwall/protocol/api';
import {
  CompactSign,
  calculateJwkThumbprint,
  compactVerify,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';

/** `typ` of a signed result's header, as the leaderboard expects it. */
const resultType = 'pitwall-result';

/** `typ` of the header of a signed deletion of a racer's names. */
export const erasureType = 'pitwall-erasure';

/** A result of the outbox as it is sent: ids signed, names beside; what another signed goes as it came. */
export async function signedOf(body: string, signer: Pick<Signer, 'sign'>): Promise<SignedResult> {
  if (!body.startsWith('{')) return signedIn(body);
  const result = parseJson(Result, body, 'A result of the outbox', 'internal-error');
  return { jws: await signer.sign(JSON.stringify(signedContentOf(result))), names: namesOf(result) };
}

/** The key with which this controller signs its results. */
export class Signer {
  readonly publicJwk: JWK;
  readonly kid: string;
  readonly #key: Awaited<ReturnType<typeof importJWK>>;

  constructor(publicJwk: JWK, kid: string, key: Awaited<ReturnType<typeof importJWK>>) {
    this.publicJwk = publicJwk;
    this.kid = kid;
    this.#key = key;
  }

  /** A compact JWS over the text, by default a result's JSON. */
  async sign(text: string, type: string = resultType): Promise<string> {
    return await new CompactSign(Buffer.from(text))
      .setProtectedHeader({ alg: 'EdDSA', kid: this.kid, typ: type })
      .sign(this.#key);
  }

  /** The text that this key has signed as that type; undefined for anything else. */
  async verified(signed: string, type: string): Promise<string | undefined> {
    try {
      const { payload, protectedHeader } = await compactVerify(signed, await importJWK(this.publicJwk, 'EdDSA'));
      return protectedHeader.typ === type ? Buffer.from(payload).toString('utf8') : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Reads the private key (JWK) from a file; makes one where there is none, for its owner's eyes only. */
export async function openSigner(file: string): Promise<Signer> {
  if (!existsSync(file)) {
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    writeFileSync(file, JSON.stringify(await exportJWK(privateKey)), { mode: 0o600 });
  }
  try {
    const jwk = JSON.parse(readFileSync(file, 'utf8')) as JWK;
    const { kty, crv, x } = jwk;
    const publicJwk = { kty, crv, x } as JWK;
    return new Signer(publicJwk, await calculateJwkThumbprint(publicJwk), await importJWK(jwk, 'EdDSA'));
  } catch (cause) {
    throw new PitwallError(
      'config-invalid',
      `${file} holds no Ed25519 private key as JWK; remove it to get a new one.`,
      {
        cause,
      },
    );
  }
}
