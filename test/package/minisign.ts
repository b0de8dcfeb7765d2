import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';

/**
 * Signatures that `minisign` checks (jedisct1/minisign, "Signature format"): Ed25519 over the BLAKE2b-512 of the file, algorithm `ED`. The key is
 * a PEM file that stays with whoever publishes: openssl genpkey -algorithm ed25519 -out KEY.
 */
export interface Signer {
  /** One line, for `minisign -P`. */
  readonly publicKey: string;
  /** Text of `FILE.minisig`. */
  sign(content: Uint8Array, trusted: string): string;
}

export function signer(pem: string): Signer {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('The signing key is no Ed25519 key.');
  const raw = rawPublic(createPublicKey(key));
  // Any eight bytes that tell one key from another.
  const id = createHash('sha256').update(raw).digest().subarray(0, 8);
  const base64 = (...parts: Uint8Array[]) => Buffer.concat(parts).toString('base64');
  return {
    publicKey: base64(Buffer.from('Ed'), id, raw),
    sign: (content, trusted) => {
      const digest = createHash('blake2b512').update(content).digest();
      const signature = sign(null, digest, key);
      const whole = sign(null, Buffer.concat([signature, Buffer.from(trusted)]), key);
      return `untrusted comment: signature of a Pitwall package\n${base64(Buffer.from('ED'), id, signature)}\ntrusted comment: ${trusted}\n${base64(whole)}\n`;
    },
  };
}

/** 32 bytes: the end of the key's SPKI (RFC 8410). */
const rawPublic = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' }).subarray(-32);
