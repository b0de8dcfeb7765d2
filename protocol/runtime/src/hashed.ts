import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { PitwallError, type Sha256 } from '@pitwall/protocol';
import type { Blob } from './blob-store.js';

/**
 * Hands on what a stream gives, chunk by chunk, and hashes it.
 * @param take resolves when it has all of the chunk
 * @throws PitwallError `archive-too-large`, `request-refused` where the stream breaks off; and what `take` throws
 */
export async function hashed(
  stream: AsyncIterable<Uint8Array>,
  limit: number,
  take: (chunk: Uint8Array) => Promise<void>,
): Promise<Blob> {
  const sum = createHash('sha256');
  let size = 0;
  for await (const chunk of whole(stream)) {
    size += chunk.length;
    if (size > limit)
      throw new PitwallError(
        'archive-too-large',
        `The file has more than ${Math.floor(limit / 2 ** 20)} MB; no more is taken here.`,
      );
    sum.update(chunk);
    await take(chunk);
  }
  return { hash: sum.digest('hex') as Sha256, size };
}

/**
 * Writes all of it at the file's position. On a disk that fills up write(2) takes a part and says how much; only the next one
 * fails.
 */
export async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done);
    done += bytesWritten;
  }
}

async function* whole(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (cause) {
    throw new PitwallError('request-refused', 'The file broke off on the way; send it again.', { cause });
  }
}
