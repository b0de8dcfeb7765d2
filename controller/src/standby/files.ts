import { createHash } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { PitwallError } from '@pitwall/protocol';
import { type DataPlaces, filesOf, isSecret, sealFiles, secretsOf } from '../backup/index.js';

export interface CopiedFile {
  /** In the data folder, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** When it was changed last, epoch ms: together with `bytes`, whether it is the same. */
  readonly changed: number;
}

/** The files of the data folder that no secret is in, and what tells whether the secret ones have changed. */
export async function listFiles(places: DataPlaces): Promise<{ files: CopiedFile[]; secrets: string }> {
  const files: CopiedFile[] = [];
  const secret = createHash('sha256');
  for (const path of await filesOf(places)) {
    const file = join(places.data, path);
    const { size: bytes, mtimeMs: changed } = await stat(file);
    if (await isSecret(file)) secret.update(`${path} `).update(await readFile(file));
    else files.push({ path, bytes, changed });
  }
  return { files, secrets: secret.digest('hex') };
}

/** One of those that {@link listFiles} names, and no other. @throws PitwallError `not-found` */
export async function readListed(places: DataPlaces, path: string): Promise<Readable> {
  const { files } = await listFiles(places);
  if (!files.some((one) => one.path === path)) throw new PitwallError('not-found', `There is no file ${path} to copy.`);
  return (await open(join(places.data, path))).createReadStream();
}

export const sealedSecrets = async (places: DataPlaces, passphrase: string): Promise<Buffer> =>
  await sealFiles(await secretsOf(places), passphrase);
