import type { Readable } from 'node:stream';
import type { Sha256 } from '@pitwall/protocol';

export interface Blob {
  readonly hash: Sha256;
  /** Bytes. */
  readonly size: number;
}

/**
 * Content by the sha256 of what is in it: archives for cars, submissions, evaluation files. A blob is there whole and on disk, or
 * not at all; the same bytes twice are one blob.
 */
export interface BlobStore {
  /**
   * Keeps what the stream gives, up to `limit` bytes; on disk when it resolves.
   * @throws PitwallError `archive-too-large`, `request-refused` where the stream breaks off, and where it cannot be kept (a full
   * disk, say) `output-failed` or `store-unavailable`
   */
  put(stream: AsyncIterable<Uint8Array>, limit: number): Promise<Blob>;
  /** @throws PitwallError `not-found` */
  get(hash: Sha256): Promise<Readable>;
  /** In bytes; undefined where there is no such blob. */
  size(hash: Sha256): Promise<number | undefined>;
  /** A blob that is not there is deleted already. */
  delete(hash: Sha256): Promise<void>;
}

/** No model archive is larger, in bytes. */
export const archiveLimit = 256 * 2 ** 20;
