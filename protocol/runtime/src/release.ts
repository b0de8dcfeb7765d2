import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PitwallError } from '@pitwall/protocol';
import { ReleaseName } from '@pitwall/protocol/messages';
import { type FileSignature, readSignature, type SignatureKey, signatureKey } from './minisign.js';

/** What the package of this program lies in, from `app/protocol/runtime/dist/release.js`; undefined for what was not installed from one. */
function packageFolder(): string | undefined {
  const folder = resolve(import.meta.dirname, '../../../..');
  return existsSync(join(folder, 'MANIFEST')) ? folder : undefined;
}

/** The key by which this program's own package was signed; undefined where it was not. */
function ownKey(): string | undefined {
  const folder = packageFolder();
  if (folder === undefined || !existsSync(join(folder, 'release.pub'))) return undefined;
  return readFileSync(join(folder, 'release.pub'), 'utf8');
}

/** @param configured goes before the key of this program's own package @throws PitwallError `release-invalid` where there is neither */
export function releaseKey(configured: string | undefined, setting: string): SignatureKey {
  const key = configured ?? ownKey();
  if (key === undefined)
    throw new PitwallError(
      'release-invalid',
      `No key is trusted here, because this program came unsigned: set ${setting} to the public key of whoever builds your versions.`,
    );
  return signatureKey(key);
}

/** What a signed comment says of an archive. @throws PitwallError `release-invalid` */
export function readRelease(text: string, key: SignatureKey): { name: ReleaseName; signature: FileSignature } {
  const signature = readSignature(text);
  key.demandOwn(signature);
  const [, version, architecture] = /^pitwall-agent (\S+) linux-(\S+)$/.exec(signature.comment) ?? [];
  const name = ReleaseName.safeParse({ version, architecture });
  if (!name.success)
    throw new PitwallError('release-invalid', 'What is signed here is no archive of pitwall-agent: take that one.');
  return { name: name.data, signature };
}

/** What the signer of an archive says of it. */
export const releaseComment = ({ version, architecture }: ReleaseName): string =>
  `pitwall-agent ${version} linux-${architecture}`;
/** Of an archive, as `npm run package` calls it. */
export const releaseFile = ({ version, architecture }: ReleaseName): string =>
  `pitwall-agent-${version}-linux-${architecture}.tar.gz`;

/** Bytes, far above what an archive has. */
export const releaseLimit = 300 * 2 ** 20;
