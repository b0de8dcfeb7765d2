import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PitwallError, Sha256 } from '@pitwall/protocol';
import { type ModelMetadata, readMetadata } from '@pitwall/protocol/policy';
import { type Archive, archiveLimits, networkFormat } from './archive.js';
import { donkeycarMetadata } from './head.js';

/** `.onnx` and `.tflite` files also come alone, without an archive around them. */
export function isBareNetwork(path: string): boolean {
  const format = networkFormat(path);
  return format === 'onnx' || format === 'tflite';
}

/**
 * A network file as if it were an archive, with the `model_metadata.json` beside it if there is one.
 * @throws PitwallError `not-found`, `archive-too-large`.
 */
export async function readBareNetwork(path: string): Promise<Archive> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new PitwallError('not-found', `There is no model ${path}.`, { cause });
  });
  let bytes: Uint8Array;
  try {
    const about = await file.stat();
    if (!about.isFile()) throw new PitwallError('archive-invalid', `The model ${path} is not a file.`);
    if (about.size > archiveLimits.network) {
      throw new PitwallError(
        'archive-too-large',
        `The network has ${(about.size / 2 ** 20).toFixed(0)} MB; the limit is ${archiveLimits.network / 2 ** 20} MB.`,
      );
    }
    bytes = await file.readFile();
  } finally {
    await file.close();
  }
  const text = await readFile(join(dirname(path), 'model_metadata.json'), 'utf8').catch(() => undefined);
  const part = {
    path: `model.${networkFormat(path) === 'onnx' ? 'onnx' : 'tflite'}`,
    bytes: bytes.length,
    hash: Sha256.parse(createHash('sha256').update(bytes).digest('hex')),
  };
  return {
    hash: part.hash,
    parts: [part],
    texts: new Map(text === undefined ? [] : [['model_metadata.json', text]]),
    networks: [{ ...part, format: networkFormat(path) ?? 'onnx' }],
    kept: { path: part.path, bytes },
  };
}

/**
 * The archive's one `model_metadata.json`, at the root or beside the network; without one, a `.tflite` network counts as
 * Donkeycar's, whose outputs say what they are.
 * @throws PitwallError `metadata-invalid`.
 */
export function metadataOf(archive: Archive): ModelMetadata {
  const found = [...archive.texts].filter(
    ([path]) => path === 'model_metadata.json' || path.endsWith('/model_metadata.json'),
  );
  const chosen = found.length === 1 ? found[0] : found.find(([path]) => !path.includes('/'));
  if (chosen !== undefined) return readMetadata(chosen[1]);
  if (found.length > 1) {
    throw new PitwallError(
      'metadata-invalid',
      `The archive has ${found.length} model_metadata.json files and none at its root; leave one.`,
    );
  }
  if (archive.networks.length === 1 && archive.networks[0]?.format !== 'tensorflow') return donkeycarMetadata;
  throw new PitwallError(
    'metadata-invalid',
    'The archive has no model_metadata.json, which says what its actions are. Add it at the root.',
  );
}
