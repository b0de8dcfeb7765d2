import type { Readable } from 'node:stream';

/** What came as an archive: the bytes as they come, within the limit that whoever reads them sets. */
export const isArchive = (body: unknown): body is Readable =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
