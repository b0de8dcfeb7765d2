import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { PitwallError } from '@pitwall/protocol';

/**
 * Signatures as `minisign` makes them (jedisct1/minisign, "Signature format"): Ed25519 over the BLAKE2b-512 of a file (`ED`), and once more
 * over that signature and the trusted comment.
 */
export interface FileSignature {
  readonly keyId: Buffer;
  readonly signature: Buffer;
  /** What the signer says of the file. */
  readonly comment: string;
  readonly whole: Buffer;
}

export interface SignatureKey {
  /** @throws PitwallError `release-invalid` where it is another key's, or the comment was changed */
  demandOwn(signature: FileSignature): void;
  /** @param digest BLAKE2b-512 of the file */
  isOf(signature: FileSignature, digest: Buffer): boolean;
}

const prehashed = 'ED';

/** @throws PitwallError `release-invalid` */
export function readSignature(text: string): FileSignature {
  const [untrusted, first, trusted, second] = text.split(/\r?\n/);
  const signed = Buffer.from(first ?? '', 'base64');
  const whole = Buffer.from(second ?? '', 'base64');
  const comment = /^trusted comment: (.*)$/.exec(trusted ?? '')?.[1];
  const isOne = untrusted?.startsWith('untrusted comment:') === true && signed.length === 74 && whole.length === 64;
  if (!isOne || comment === undefined || signed.subarray(0, 2).toString('latin1') !== prehashed)
    throw new PitwallError('release-invalid', 'This is no signature of minisign: take the .minisig that came with it.');
  return { keyId: signed.subarray(2, 10), signature: signed.subarray(10), comment, whole };
}

/** @param publicKey one line, as for `minisign -P` @throws PitwallError `config-invalid` */
export function signatureKey(publicKey: string): SignatureKey {
  const raw = Buffer.from(publicKey.trim(), 'base64');
  if (raw.length !== 42 || raw.subarray(0, 2).toString('latin1') !== 'Ed')
    throw new PitwallError('config-invalid', 'The key of signatures is none: it is the one line for minisign -P.');
  const keyId = raw.subarray(2, 10);
  const key = ed25519(raw.subarray(10));
  return {
    demandOwn: (signature) => {
      if (!signature.keyId.equals(keyId))
        throw new PitwallError('release-invalid', 'It is signed by a key that is not trusted here.');
      const signed = Buffer.concat([signature.signature, Buffer.from(signature.comment)]);
      if (!verify(null, signed, key, signature.whole))
        throw new PitwallError('release-invalid', 'Its signature was changed: take file and signature again.');
    },
    isOf: (signature, digest) => verify(null, digest, key, signature.signature),
  };
}

/** What a signature is over. */
export const signatureDigest = () => createHash('blake2b512');

/** SPKI of Ed25519 (RFC 8410): a fixed beginning and the 32 bytes. */
const ed25519 = (raw: Buffer): KeyObject =>
  createPublicKey({
    key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]),
    format: 'der',
    type: 'spki',
  });
