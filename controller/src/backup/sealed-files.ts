import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { PitwallError, parseJson } from '@pitwall/protocol';
import { shortestPassphrase } from '@pitwall/protocol/api';
import { z } from 'zod';

/** A file that only its owner may read. */
export interface SecretFile {
  /** In the data folder, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** scrypt as OWASP asks for it (Password Storage Cheat Sheet: N 2^17, r 8, p 1): 128 MiB and some tenths of a second a try. */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 2 ** 20 };
const keyBytes = 32;

const Base64 = z.base64();
const Sealed = z.strictObject({
  cipher: z.literal('scrypt-aes-256-gcm'),
  salt: Base64,
  iv: Base64,
  tag: Base64,
  data: Base64,
});
const Opened = z.array(z.strictObject({ path: z.string().min(1), bytes: Base64 }));

/** @throws PitwallError `passphrase-refused` */
export function demandPassphrase(passphrase: string): void {
  if (passphrase.length < shortestPassphrase)
    throw new PitwallError(
      'passphrase-refused',
      `The passphrase has ${passphrase.length} characters; it seals the keys of this controller, so it needs ${shortestPassphrase} or more.`,
    );
}

/** Files that nobody reads without the passphrase, and nobody changes unseen (AES-256-GCM). */
export async function sealFiles(files: readonly SecretFile[], passphrase: string): Promise<Buffer> {
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', await keyOf(passphrase, salt), iv);
  const plain = files.map(({ path, bytes }) => ({ path, bytes: text(bytes) }));
  const data = Buffer.concat([cipher.update(JSON.stringify(plain), 'utf8'), cipher.final()]);
  const sealed: z.infer<typeof Sealed> = {
    cipher: 'scrypt-aes-256-gcm',
    salt: text(salt),
    iv: text(iv),
    tag: text(cipher.getAuthTag()),
    data: text(data),
  };
  return Buffer.from(JSON.stringify(sealed));
}

/** @throws PitwallError `passphrase-refused` for another passphrase, or for bytes that somebody changed; `backup-invalid` */
export async function openSealed(bytes: Buffer, passphrase: string): Promise<SecretFile[]> {
  const sealed = parseJson(Sealed, bytes.toString('utf8'), 'What is sealed in the backup', 'backup-invalid');
  const [salt, iv, tag, data] = [sealed.salt, sealed.iv, sealed.tag, sealed.data].map((one) =>
    Buffer.from(one, 'base64'),
  );
  const decipher = createDecipheriv('aes-256-gcm', await keyOf(passphrase, salt!), iv!);
  decipher.setAuthTag(tag!);
  let plain: string;
  try {
    plain = Buffer.concat([decipher.update(data!), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new PitwallError('passphrase-refused', 'This is not the passphrase with which the backup was made.', {
      cause,
    });
  }
  const files = parseJson(Opened, plain, 'What is sealed in the backup', 'backup-invalid');
  return files.map(({ path, bytes: of }) => ({ path, bytes: Buffer.from(of, 'base64') }));
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const keyOf = (passphrase: string, salt: Uint8Array): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    // The same passphrase from another keyboard is the same one.
    scrypt(passphrase.normalize('NFKC'), salt, keyBytes, cost, (error, key) => (error ? reject(error) : resolve(key))),
  );
